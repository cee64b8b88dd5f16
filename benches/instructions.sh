#!/usr/bin/env bash
# Counts the instructions that an event of W1 to W3 (of W2 also with every fault of links), an operation of
# W4, a run of W5 (also of the preset `flaky`), an event of an idle cluster and an operation that is judged cost, and compares with
# benches/instructions.csv: a noisy machine does not show in them. More than 3 % above it: exit 1.
# With --record, writes the file instead. Needs valgrind; takes a minute.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || { echo "no valgrind: it counts the instructions" >&2; exit 2; }

recorded=benches/instructions.csv
binary=$(cargo bench --locked --bench instructions --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"executable":"\([^"]*\/instructions-[^"]*\)".*/\1/p' | tail -n 1)
[ -x "$binary" ] || { echo "cargo bench --bench instructions --no-run built nothing" >&2; exit 2; }

# Units of work and instructions of a run of length $3.
count() {
    local log units
    log=$(mktemp)
    units=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$log" "$binary" "$1" "$2" "$3")
    echo "$units $(sed -n 's/.*Collected : //p' "$log")"
    rm -f "$log"
}

measure() {
    echo workload,nodes,instructions
    while read -r workload nodes short long; do
        echo "$(count "$workload" "$nodes" "$short") $(count "$workload" "$nodes" "$long")" |
            awk -v w="$workload" -v n="$nodes" '{ printf "%s,%s,%.0f\n", w, n, ($4 - $2) / ($3 - $1) }'
    done <<'RUNS'
w1 2 100000 1100000
w2 100 100000 1100000
w2 1000 100000 1100000
w2 10000 200000 1200000
w2-faults 100 100000 1100000
w3 5 100000 1100000
w4 3 300 1300
w4 5 300 1300
w4-paxos 3 300 1300
w4-paxos 5 300 1300
w5 5 2 12
w5-flaky 5 2 22
w5-idle 5 2 12
check-unique 10 2 12
check-crashed 10 2 12
check-cas 10 2 7
RUNS
}

if [ "${1:-}" = --record ]; then
    measure > "$recorded.new"
    mv "$recorded.new" "$recorded"
    cat "$recorded"
else
    measure | awk -F, -v file="$recorded" '
        BEGIN { while ((getline line < file) > 0) { split(line, f, ","); before[f[1] "," f[2]] = f[3] } }
        NR > 1 {
            was = before[$1 "," $2]
            printf "%-13s %6d nodes  %8d instructions, recorded %8d  %+.1f %%\n", $1, $2, $3, was, 100 * ($3 / was - 1)
            if ($3 > 1.03 * was) worse = 1
        }
        END { exit worse }'
fi
