//! A folder of a test's own in which `atropos` is called, and what that ends with and prints.
#![allow(dead_code, unreachable_pub, reason = "each file of tests uses what it needs")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of one test's own, gone afterwards.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("scenarios/raft")).unwrap();
        Folder(path)
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        fs::write(self.0.join(path), text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_atropos"));
        command.current_dir(&self.0).args(arguments.split_whitespace());
        command
    }

    /// What `atropos` with these arguments ends with and prints.
    pub fn atropos(&self, arguments: &str) -> Ended {
        Ended::new(self.command(arguments).output().unwrap())
    }

    /// Every file below `path` that is not one of `atropos`'s.
    pub fn files(&self, path: &str) -> Vec<String> {
        let mut names = Vec::new();
        let mut folders = vec![self.0.join(path)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
                match entry.file_type().unwrap().is_dir() {
                    true => folders.push(entry.path()),
                    false => names.push(entry.path().strip_prefix(&self.0).unwrap().display().to_string()),
                }
            }
        }
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn new(output: Output) -> Ended {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    #[track_caller]
    pub fn with(self, code: i32) -> Ended {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// The words of the last lines, such as `verdict`.
    pub fn closing(&self) -> Vec<&str> {
        let lines: Vec<&str> = self.out.lines().collect();
        let closing = lines.rsplit(|line| line.is_empty()).next().unwrap();
        closing.iter().map(|line| line.split_whitespace().next().unwrap()).collect()
    }
}
