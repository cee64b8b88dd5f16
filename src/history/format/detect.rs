//! Which format a file has, from how it begins.

use super::Format;
use super::jepsen_log::is_of_operation;

/// What decides stands near the beginning; after this many bytes, nothing is looked for.
const LOOKED_AT: usize = 1 << 16;

impl Format {
    /// The format of a file that begins as these bytes do; `None` if they tell nothing, as an empty
    /// file does.
    pub fn detect(bytes: &[u8]) -> Option<Format> {
        let bytes = &bytes[..bytes.len().min(LOOKED_AT)];
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        // Before `{` in this order: a log may hold any of the signs that the others begin with.
        if text.lines().take(1000).any(is_of_operation) {
            return Some(Format::JepsenLog);
        }
        match text.chars().next()? {
            '{' => of_map(text),
            '[' => match text[1..].trim_start().chars().next()? {
                '{' => of_map(text[1..].trim_start()).map(|format| match format {
                    Format::Jsonl => Format::ElleJson,
                    Format::Porcupine => Format::Edn,
                    other => other,
                }),
                '#' | ';' => Some(Format::Edn),
                _ => None,
            },
            '(' | ';' | '#' => Some(Format::Edn),
            _ => None,
        }
    }

    /// The format that files with this extension have most often: a hint, where the content tells
    /// nothing.
    pub fn of_extension(extension: &str) -> Option<Format> {
        match extension {
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            "edn" => Some(Format::Edn),
            "log" => Some(Format::JepsenLog),
            "json" => Some(Format::ElleJson),
            _ => None,
        }
    }
}

/// The format of a text that begins with a map.
fn of_map(text: &str) -> Option<Format> {
    let line = text.lines().next()?.trim_end();
    match text[1..].trim_start().chars().next()? {
        // An object that goes on in the next line is no line of JSON Lines.
        '"' if line.ends_with('}') => Some(Format::Jsonl),
        '"' if line.len() == text.trim_end().len() => Some(Format::Jsonl),
        '"' => Some(Format::ElleJson),
        ':' | ';' | '#' => {
            let of_kv = [":f :get", ":f :put", ":f :append"].iter().any(|f| line.contains(f));
            Some(if of_kv && line.contains(":key \"") { Format::Porcupine } else { Format::Edn })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_from_how_files_begin() {
        let cases = [
            ("{\"process\":0}", Some(Format::Jsonl)),
            ("\u{feff}\n { \"process\":0}\n{", Some(Format::Jsonl)),
            ("{\"process\":", Some(Format::Jsonl)),
            ("[{\"process\":0},", Some(Format::ElleJson)),
            (" [\n {\"process\":0,", Some(Format::ElleJson)),
            ("{\n  \"process\": 0\n}", Some(Format::ElleJson)),
            ("[{:process 0}", Some(Format::Edn)),
            ("({:process 0}", Some(Format::Edn)),
            ("{:process 0, :type :invoke, :f :read}", Some(Format::Edn)),
            ("; a comment\n[", Some(Format::Edn)),
            ("[#jepsen.history.Op{:process 0}]", Some(Format::Edn)),
            ("#jepsen.history.Op{:process 0}", Some(Format::Edn)),
            ("{:process 0, :type :invoke, :f :get, :key \"x\", :value nil}", Some(Format::Porcupine)),
            ("[{:process 0, :type :invoke, :f :get, :key \"x\", :value nil}]", Some(Format::Edn)),
            ("INFO  jepsen.util - 0\t:invoke\t:read\tnil", Some(Format::JepsenLog)),
            ("INFO  jepsen.util - 0   :invoke :read   nil", Some(Format::JepsenLog)),
            ("{:index 0 :type :invoke :f :read}", Some(Format::Edn)),
            ("INFO  jepsen.core - Relax\n0\t:invoke\t:read\tnil", Some(Format::JepsenLog)),
            ("", None),
            ("[]", None),
            ("hello", None),
        ];
        for (text, format) in cases {
            assert_eq!(Format::detect(text.as_bytes()), format, "{text}");
        }
    }
}
