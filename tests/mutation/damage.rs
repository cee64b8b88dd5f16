//! Small damages to a text, so that most of it is still understood: bytes, lines, and words that
//! parsers stumble over.

use atropos::base::{Draw, Stream};

/// Words that matter to one of the parsers, or to neither.
const WORDS: [&str; 76] = [
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    "\"",
    "'",
    "\"\"\"",
    "#",
    ",",
    ".",
    ":",
    "\n",
    "\r",
    "nan",
    "inf",
    "-1",
    "0",
    "1e400",
    "-0.0",
    "0xffffffffffffffffffff",
    "18446744073709551615",
    "99999999999999999999",
    "\u{feff}",
    "é",
    "\\u0000",
    "\\ud800",
    "null",
    "true",
    "[[network]]\n",
    "[network.link.x]\n",
    "a.b.c = 1\n",
    "extends = \"base\"\n",
    "[expect]\n",
    "[[expect]]\n",
    "sometimes = \"crashes\"\n",
    "verdict = \"valid\"\n",
    "protocol = \"raft\"\n",
    "\"1e30s\"",
    "\"-5s\"",
    "\"1d\"",
    "\"0s\"",
    "{ uniform = [\"1ms\", \"1d\"] }",
    "[0]",
    "[]",
    "[[0], [1]]",
    "\"leader\"",
    "\"all\"",
    "info",
    "ok",
    "fail",
    "invoke",
    "cas",
    "\"process\":",
    "{\"process\":0,\"type\":\"ok\",\"f\":\"read\",\"value\":1}\n",
    "\"value\":[1,2]",
    "\"process\":\"nemesis\",",
    "{\"0\":1,\"\\\"0\\\"\":[]}",
    "(",
    ")",
    "#{1 2}",
    "{0 10, :x nil}",
    "#_",
    "#a.B",
    ";",
    "\t",
    "\\a",
    "1.5",
    "nil",
    ":value [1 2]",
    ":process :nemesis",
    ":invoke",
    "0\t:ok\t:read\t1\n",
    "{:process 0 :type :ok :f :read :value 1}\n",
];

/// One of `texts`.
pub(crate) fn pick<'a>(texts: &[&'a str], draws: &mut Stream) -> &'a str {
    texts[draws.below(texts.len() as u64) as usize]
}

/// `text` with one to `most` damages, some of them parts of another of `texts`.
pub(crate) fn damage(text: &str, texts: &[&str], most: u64, draws: &mut Stream) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=draws.below(most) {
        one(&mut bytes, texts, draws);
    }
    bytes
}

fn one(bytes: &mut Vec<u8>, texts: &[&str], draws: &mut Stream) {
    let at = draws.below(bytes.len() as u64 + 1) as usize;
    let end = (at + draws.below(12) as usize).min(bytes.len());
    match draws.below(10) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => bytes.insert(at, draws.next_u64() as u8),
        3 if at < bytes.len() => bytes[at] ^= 1 << draws.below(8),
        4 => drop(bytes.splice(at..at, pick(&WORDS, draws).bytes())),
        5 => {
            let copy = bytes[at..end].to_vec();
            let to = draws.below(bytes.len() as u64 + 1) as usize;
            drop(bytes.splice(to..to, copy));
        }
        6 => swap_lines(bytes, draws),
        7 => value(bytes, pick(&WORDS, draws), draws),
        8 => {
            let line = pick(&pick(texts, draws).lines().collect::<Vec<_>>(), draws);
            let line = format!("\n{line}\n");
            drop(bytes.splice(at..at, line.bytes()));
        }
        _ => digit(bytes, draws),
    }
}

/// Puts one line where another was: headers and keys come in every order.
fn swap_lines(bytes: &mut Vec<u8>, draws: &mut Stream) {
    let mut lines: Vec<Vec<u8>> = bytes.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    let count = lines.len() as u64;
    lines.swap(draws.below(count) as usize, draws.below(count) as usize);
    *bytes = lines.join(&b'\n');
}

/// Puts `word` in the place of what follows some `=` or `:`.
fn value(bytes: &mut Vec<u8>, word: &str, draws: &mut Stream) {
    let signs: Vec<usize> = (0..bytes.len()).filter(|&at| matches!(bytes[at], b'=' | b':')).collect();
    if signs.is_empty() {
        return;
    }
    let from = signs[draws.below(signs.len() as u64) as usize] + 1;
    let length = bytes[from..].iter().position(|byte| matches!(byte, b'\n' | b',' | b'}'));
    let to = from + length.unwrap_or(bytes.len() - from);
    drop(bytes.splice(from..to, word.bytes()));
}

/// Changes a digit.
fn digit(bytes: &mut [u8], draws: &mut Stream) {
    let digits: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at].is_ascii_digit()).collect();
    if !digits.is_empty() {
        bytes[digits[draws.below(digits.len() as u64) as usize]] = b'0' + draws.below(10) as u8;
    }
}
