//! What is expected of each cell, in the words that stand for it, and as claims about its row.
//!
//! Several expectations may be of one cell. Spans are those of `cells.rs`: a grace period of 3s, heartbeats and looks
//! of supervisors every 200ms, a second until a secondary is dropped or acknowledgements are given up, faults from 5s
//! to 12s, clients until 15s.

use Claim::{All, Between, PerMille, Zero};

use super::row::Row;

/// Something that is expected of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Claim {
    /// A column is 0.
    Zero(&'static str),
    /// A column of runs is all of them.
    All(&'static str),
    /// A column of runs is from so many to so many in a thousand, where there are enough to tell.
    PerMille(&'static str, u64, u64),
    /// A column is from so much to so much.
    Between(&'static str, u64, u64),
}

/// What is expected of some cells.
pub(crate) struct Expectation {
    pub(crate) says: &'static str,
    pub(crate) forms: &'static [&'static str],
    pub(crate) faults: &'static [&'static str],
    pub(crate) claims: &'static [Claim],
}

/// Of these something must be expected in each cell.
pub(crate) const COVERED: [&str; 8] = [
    "linearizable",
    "convergent",
    "runs_with_failover",
    "runs_with_loss",
    "runs_dirty",
    "runs_stale",
    "write_outage_ms_p50",
    "read_outage_ms_p50",
];

const ASYNCHRONOUS: &[&str] = &["asynchronous-poll", "asynchronous-push", "asynchronous-reads-any"];
const POLLING: &[&str] = &["asynchronous-poll", "asynchronous-reads-any"];
const IN_SYNC: &[&str] = &["in-sync-fenced", "in-sync-reads-primary", "in-sync-reads-in-sync"];
const NOT_IN_SYNC: &[&str] =
    &["asynchronous-poll", "asynchronous-push", "semi-refuses", "semi-falls-back", "asynchronous-reads-any"];
const SEMI: &[&str] = &["semi-refuses", "semi-falls-back"];
const ALL: &[&str] = &[
    "asynchronous-poll",
    "asynchronous-push",
    "semi-refuses",
    "semi-falls-back",
    "in-sync-fenced",
    "in-sync-reads-primary",
    "in-sync-reads-in-sync",
    "asynchronous-reads-any",
];
/// Where secondaries answer reads.
const READ_ANYWHERE: &[&str] = &["in-sync-reads-in-sync", "asynchronous-reads-any"];
/// Where primaries answer reads for all they know.
const READ_AT_THE_PRIMARY: &[&str] =
    &["asynchronous-poll", "asynchronous-push", "semi-falls-back", "in-sync-reads-primary"];
const FENCED: &[&str] = &["semi-refuses", "in-sync-fenced"];

/// After which the primary is gone for longer than the grace period.
const SILENT: &[&str] = &["primary-crashes", "primary-crashes-after-losses", "primary-paused"];
/// After which it is replaced, by whom nothing is missing where the form promises that.
const REPLACED: &[&str] = &[
    "primary-crashes",
    "primary-crashes-after-losses",
    "primary-cut-off",
    "primary-paused",
    "primary-clock-stops",
    "primary-disk-lost",
];
/// After which it stays.
const HARMLESS: &[&str] = &["none", "supervisors-lost", "secondary-disk-lost"];
const DISKS: &[&str] = &["primary-disk-lost", "two-disks-lost"];
/// After which semi-synchronous primaries are replaced, and have not fallen back.
const WITHOUT_FALL_BACK: &[&str] = &[
    "primary-crashes",
    "primary-crashes-after-losses",
    "primary-paused",
    "primary-clock-stops",
    "primary-disk-lost",
];
const ALL_FAULTS: &[&str] = &[
    "none",
    "primary-crashes",
    "primary-crashes-after-losses",
    "primary-cut-off",
    "supervisors-lost",
    "primary-paused",
    "primary-clock-stops",
    "secondary-disk-lost",
    "primary-disk-lost",
    "two-disks-lost",
    "last-disk-lost",
];

/// All that a client can ask for.
const LINEARIZABLE: &[Claim] = &[
    All("linearizable"),
    Zero("runs_with_loss"),
    Zero("runs_dirty"),
    Zero("runs_stale"),
    Zero("runs_unread"),
];
const NOTHING_GONE: &[Claim] = &[Zero("runs_with_loss"), Zero("runs_dirty"), Zero("runs_unread")];
/// Both sides took writes, and those of one are gone.
const SPLIT: &[Claim] = &[
    Zero("linearizable"),
    All("runs_with_loss"),
    Between("lost_max", 50, 1_000),
    All("runs_dirty"),
    All("runs_stale"),
];
const NEVER_STALE: &[Claim] = &[All("linearizable"), Zero("runs_stale")];
const REPLACED_ONCE_OR_MORE: &[Claim] = &[All("runs_with_failover"), All("convergent")];
const GONE_FOR_GOOD: &[Claim] = &[Zero("runs_with_failover"), Zero("convergent"), All("runs_unread")];

const fn expect(
    says: &'static str,
    forms: &'static [&'static str],
    faults: &'static [&'static str],
    claims: &'static [Claim],
) -> Expectation {
    Expectation { says, forms, faults, claims }
}

/// What is lost, read dirty or read late, and whether somebody else becomes the primary.
const LOSSES: &[Expectation] = &[
    expect(
        "supervisors lost: the primary goes on, no drop, no failover",
        ALL,
        HARMLESS,
        &[Zero("runs_with_failover"), All("convergent")],
    ),
    expect("supervisors lost: the primary goes on", ALL, HARMLESS, NOTHING_GONE),
    expect("linearizable", FENCED, HARMLESS, LINEARIZABLE),
    expect("unfenced reads are stale at a deposed primary", READ_AT_THE_PRIMARY, HARMLESS, LINEARIZABLE),
    expect("the primary is replaced; spurious failover, no loss", ALL, REPLACED, REPLACED_ONCE_OR_MORE),
    // Asynchronous.
    expect(
        "the acknowledged tail is lost",
        POLLING,
        &["primary-crashes", "primary-paused", "primary-disk-lost", "two-disks-lost"],
        &[
            PerMille("runs_with_loss", 700, 1_000),
            Between("lost_max", 1, 60),
            PerMille("runs_dirty", 0, 300),
            PerMille("runs_stale", 800, 1_000),
            PerMille("linearizable", 0, 50),
        ],
    ),
    expect(
        "the acknowledged tail is lost: lag ≤ poll interval + round trip, here of messages that are lost, too",
        POLLING,
        &["primary-crashes-after-losses"],
        &[
            PerMille("runs_with_loss", 950, 1_000),
            Between("lost_max", 5, 100),
            PerMille("runs_dirty", 0, 700),
            PerMille("runs_stale", 980, 1_000),
            PerMille("linearizable", 0, 20),
        ],
    ),
    expect(
        "the acknowledged tail is lost: what the old primary took after the last poll",
        POLLING,
        &["primary-clock-stops"],
        &[
            PerMille("runs_with_loss", 200, 700),
            Between("lost_max", 0, 60),
            PerMille("runs_dirty", 0, 300),
            PerMille("runs_stale", 400, 1_000),
            PerMille("linearizable", 0, 600),
        ],
    ),
    // What is acknowledged is on its way to the secondaries: only a loss on the way, or a failover while the old
    // primary takes writes, can come before it.
    expect(
        "the acknowledged tail is lost: pushed, it is no longer than what is under way",
        &["asynchronous-push"],
        &["primary-crashes", "primary-paused", "primary-disk-lost", "two-disks-lost"],
        LINEARIZABLE,
    ),
    expect(
        "the acknowledged tail is lost: pushed, it is no longer than what is under way",
        &["asynchronous-push"],
        &["primary-clock-stops"],
        &[
            PerMille("linearizable", 800, 1_000),
            PerMille("runs_with_loss", 1, 150),
            PerMille("runs_dirty", 0, 50),
            PerMille("runs_stale", 1, 200),
        ],
    ),
    expect(
        "the acknowledged tail is lost: what was lost on the way and not sent again",
        &["asynchronous-push"],
        &["primary-crashes-after-losses"],
        &[
            PerMille("linearizable", 0, 500),
            PerMille("runs_with_loss", 500, 1_000),
            Between("lost_max", 1, 60),
            PerMille("runs_dirty", 0, 200),
            PerMille("runs_stale", 500, 1_000),
        ],
    ),
    expect("the acknowledged tail is lost", ASYNCHRONOUS, &["primary-cut-off", "last-disk-lost"], SPLIT),
    expect(
        "every copy may become the primary",
        ASYNCHRONOUS,
        &["two-disks-lost", "last-disk-lost"],
        REPLACED_ONCE_OR_MORE,
    ),
    // Semi-synchronous.
    expect("linearizable, if failover needs an acknowledged copy", &["semi-refuses"], REPLACED, LINEARIZABLE),
    expect(
        "below k secondaries writes are refused, safe",
        &["semi-refuses"],
        &["last-disk-lost"],
        LINEARIZABLE,
    ),
    expect("a failover needs an acknowledged copy", SEMI, &["last-disk-lost"], REPLACED_ONCE_OR_MORE),
    expect(
        "the acknowledged tail after the fall-back is lost",
        &["semi-falls-back"],
        &["primary-cut-off", "last-disk-lost"],
        SPLIT,
    ),
    expect("before the fall-back nothing is", &["semi-falls-back"], WITHOUT_FALL_BACK, NOTHING_GONE),
    expect(
        "unfenced reads are stale at a deposed primary only",
        &["semi-falls-back"],
        WITHOUT_FALL_BACK,
        NEVER_STALE,
    ),
    // It is not told which of the writes the third copy holds, so nobody becomes the primary.
    expect("loss if the k copies go", SEMI, &["two-disks-lost"], GONE_FOR_GOOD),
    expect(
        "loss if the k copies go, but nothing wrong is told",
        SEMI,
        &["two-disks-lost"],
        &[All("linearizable"), Zero("runs_with_loss"), Zero("runs_dirty"), Zero("runs_stale")],
    ),
    // In sync.
    expect("linearizable; spurious failover, no loss", &["in-sync-fenced"], REPLACED, LINEARIZABLE),
    expect("no acknowledged write is lost while one in-sync copy survives", IN_SYNC, REPLACED, NOTHING_GONE),
    expect("no acknowledged write is lost while one in-sync copy survives", IN_SYNC, DISKS, NOTHING_GONE),
    expect("a copy that is in sync becomes the primary", IN_SYNC, DISKS, REPLACED_ONCE_OR_MORE),
    expect("linearizable", &["in-sync-fenced"], DISKS, LINEARIZABLE),
    expect(
        "unfenced reads are stale at a deposed primary",
        &["in-sync-reads-primary", "in-sync-reads-in-sync"],
        &["primary-cut-off"],
        &[
            PerMille("linearizable", 0, 20),
            PerMille("runs_stale", 980, 1_000),
            Between("behind_ms_max", 2_000, 7_100),
        ],
    ),
    // It learns of it as soon as it runs again: what asks it comes behind what tells it. A new one answers before it
    // knows what is certain.
    expect(
        "unfenced reads are stale at a deposed primary, and for a moment at a new one",
        &["in-sync-reads-primary"],
        &[
            "primary-crashes",
            "primary-crashes-after-losses",
            "primary-paused",
            "primary-clock-stops",
            "primary-disk-lost",
            "two-disks-lost",
        ],
        NEVER_STALE,
    ),
    expect("loss if the last in-sync copy goes", IN_SYNC, &["last-disk-lost"], GONE_FOR_GOOD),
    expect(
        "loss if the last in-sync copy goes, but nothing wrong is told",
        &["in-sync-fenced", "in-sync-reads-primary"],
        &["last-disk-lost"],
        &[All("linearizable"), Zero("runs_with_loss"), Zero("runs_dirty"), Zero("runs_stale")],
    ),
    // Where the last read of a key was stale and nobody answers another, it looks like a loss.
    expect(
        "loss if the last in-sync copy goes",
        &["in-sync-reads-in-sync"],
        &["last-disk-lost"],
        &[PerMille("runs_with_loss", 0, 300), Between("lost_max", 0, 5), Zero("runs_dirty")],
    ),
    // Read from secondaries.
    expect(
        "reads from whoever believes to be in sync are stale",
        &["in-sync-reads-in-sync"],
        ALL_FAULTS,
        &[PerMille("linearizable", 0, 700), PerMille("runs_stale", 300, 1_000)],
    ),
    expect(
        "reads from any copy are stale in any weather",
        &["asynchronous-reads-any"],
        ALL_FAULTS,
        &[PerMille("linearizable", 0, 10), PerMille("runs_stale", 990, 1_000)],
    ),
];

/// How long nobody's writes, and nobody's reads, completed. About the grace period and a look of the supervisors, where
/// a primary must be replaced.
const OUTAGES: &[Expectation] = &[
    expect("nothing goes wrong", ALL, &["none"], &[WRITES_GO_ON, READS_GO_ON]),
    expect(
        "the primary goes on",
        NOT_IN_SYNC,
        &["supervisors-lost", "secondary-disk-lost"],
        &[WRITES_GO_ON, READS_GO_ON],
    ),
    expect(
        "supervisors lost: writes stall if a follower is down",
        IN_SYNC,
        &["supervisors-lost"],
        &[Between("write_outage_ms_p50", 3_900, 4_200), Between("write_outage_ms_max", 3_900, 4_500)],
    ),
    expect(
        "fenced reads wait for whom writes wait for",
        &["in-sync-fenced"],
        &["supervisors-lost"],
        &[Between("read_outage_ms_p50", 3_900, 4_200)],
    ),
    expect(
        "unfenced reads ask nobody",
        &["in-sync-reads-primary", "in-sync-reads-in-sync"],
        &["supervisors-lost", "secondary-disk-lost", "primary-cut-off"],
        &[READS_GO_ON],
    ),
    expect(
        "a stall until the follower is dropped or back",
        IN_SYNC,
        &["secondary-disk-lost"],
        &[WRITES_WAIT],
    ),
    expect("fenced reads wait, too", &["in-sync-fenced"], &["secondary-disk-lost"], &[READS_WAIT]),
    expect(
        "an outage of the grace period and a look of the supervisors",
        ALL,
        SILENT,
        &[WRITES_FAIL_OVER, Between("write_outage_ms_max", 2_700, 5_000)],
    ),
    expect("as long for reads at the primary", READ_AT_THE_PRIMARY, SILENT, &[READS_FAIL_OVER]),
    expect("as long for fenced reads", FENCED, SILENT, &[READS_FAIL_OVER]),
    expect("secondaries answer reads", READ_ANYWHERE, SILENT, &[READS_GO_ON]),
    expect(
        "a stall until the primary is replaced",
        &["semi-refuses"],
        &["primary-cut-off"],
        &[WRITES_FAIL_OVER],
    ),
    expect("a stall until the primary is replaced", IN_SYNC, &["primary-cut-off"], &[WRITES_FAIL_OVER]),
    expect("fenced reads stall as well", FENCED, &["primary-cut-off"], &[READS_FAIL_OVER]),
    expect("both sides take writes", ASYNCHRONOUS, &["primary-cut-off"], &[WRITES_GO_ON, READS_GO_ON]),
    expect(
        "continues after the fall-back",
        &["semi-falls-back"],
        &["primary-cut-off"],
        &[Between("write_outage_ms_p50", 1_000, 1_300), READS_GO_ON],
    ),
    expect(
        "spurious failover: the successor is told at once, and waits for nobody's death",
        ALL,
        &["primary-clock-stops"],
        &[Between("write_outage_ms_p50", 0, 600), Between("read_outage_ms_p50", 0, 600)],
    ),
    // It says itself that it has lost its disk, as soon as it is back.
    expect("the primary is replaced as soon as it is back", ALL, &["primary-disk-lost"], &[WRITES_WAIT]),
    expect("for reads, too", READ_AT_THE_PRIMARY, &["primary-disk-lost"], &[READS_WAIT]),
    expect("for fenced reads, too", FENCED, &["primary-disk-lost"], &[READS_WAIT]),
    expect("secondaries answer reads", READ_ANYWHERE, &["primary-disk-lost"], &[READS_GO_ON]),
    expect("the third copy takes over", ASYNCHRONOUS, &["two-disks-lost"], &[WRITES_WAIT]),
    expect("the third copy takes over", IN_SYNC, &["two-disks-lost"], &[WRITES_WAIT]),
    expect(
        "so it does for reads",
        &["asynchronous-poll", "asynchronous-push", "in-sync-fenced", "in-sync-reads-primary"],
        &["two-disks-lost"],
        &[READS_WAIT],
    ),
    expect(
        "the third copy answers reads, once it is asked",
        READ_ANYWHERE,
        &["two-disks-lost"],
        &[Between("read_outage_ms_p50", 100, 400)],
    ),
    expect(
        "nothing is answered any more if the k copies go",
        SEMI,
        &["two-disks-lost"],
        &[Between("write_outage_ms_p50", 9_800, 10_100), Between("read_outage_ms_p50", 9_800, 10_100)],
    ),
    expect(
        "nothing is answered any more if the last in-sync copy goes",
        IN_SYNC,
        &["last-disk-lost"],
        &[Between("write_outage_ms_p50", 7_800, 8_100), Between("read_outage_ms_p50", 7_800, 8_100)],
    ),
    expect(
        "an old copy takes over as soon as it is back",
        &["asynchronous-poll", "asynchronous-push", "semi-falls-back"],
        &["last-disk-lost"],
        &[Between("write_outage_ms_p50", 1_000, 1_600), Between("read_outage_ms_p50", 1_000, 1_600)],
    ),
    expect(
        "an old copy answers as soon as it is back",
        &["asynchronous-reads-any"],
        &["last-disk-lost"],
        &[Between("write_outage_ms_p50", 1_000, 1_600), Between("read_outage_ms_p50", 400, 1_000)],
    ),
    expect(
        "below k secondaries writes are refused",
        &["semi-refuses"],
        &["last-disk-lost"],
        &[Between("write_outage_ms_p50", 4_000, 4_800), Between("read_outage_ms_p50", 4_000, 4_800)],
    ),
];

const WRITES_GO_ON: Claim = Between("write_outage_ms_p50", 0, 150);
const READS_GO_ON: Claim = Between("read_outage_ms_p50", 0, 50);
const WRITES_WAIT: Claim = Between("write_outage_ms_p50", 500, 1_300);
const READS_WAIT: Claim = Between("read_outage_ms_p50", 500, 1_300);
const WRITES_FAIL_OVER: Claim = Between("write_outage_ms_p50", 2_700, 3_600);
const READS_FAIL_OVER: Claim = Between("read_outage_ms_p50", 2_700, 3_600);

/// All that is expected.
pub(crate) fn all() -> impl Iterator<Item = &'static Expectation> {
    LOSSES.iter().chain(OUTAGES)
}

impl Claim {
    /// The column that it is of.
    pub(crate) fn column(&self) -> &'static str {
        let (Zero(column) | All(column) | PerMille(column, ..) | Between(column, ..)) = *self;
        column
    }

    /// Whether `row` is as it says.
    pub(crate) fn holds(&self, row: &Row) -> bool {
        let (number, seeds) = (row.number(self.column()), row.number("seeds"));
        match *self {
            Zero(_) => number == 0,
            All(_) => number == seeds,
            PerMille(_, least, most) => {
                seeds < ENOUGH || (least * seeds..=most * seeds).contains(&(number * 1_000))
            }
            Between(_, least, most) => (least..=most).contains(&number),
        }
    }
}

/// So many runs are enough to tell a share.
const ENOUGH: u64 = 1_000;

impl Expectation {
    /// Whether it is of this cell.
    pub(crate) fn names(&self, form: &str, fault: &str) -> bool {
        self.forms.contains(&form) && self.faults.contains(&fault)
    }

    /// Whether it is of the cell of `row`.
    pub(crate) fn is_of(&self, row: &Row) -> bool {
        self.names(&row.form, &row.fault)
    }
}
