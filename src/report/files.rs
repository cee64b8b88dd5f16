//! Files that appear whole or not at all.
//!
//! A draft writes under names that end in `.partial` and renames when everything is on the
//! disk; a full disk or an end in the middle leaves what was there before as it was. Only an end
//! without notice leaves the partial file behind.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Files of one folder that will appear together.
#[derive(Debug)]
pub struct Draft {
    folder: PathBuf,
    /// The names of files that are written and wait for [`Draft::publish`].
    written: Vec<&'static str>,
}

/// A file that could not be written.
#[derive(Debug)]
pub struct FileError {
    /// What was to be there.
    pub path: PathBuf,
    /// Why it is not.
    pub error: io::Error,
}

impl Draft {
    /// A draft of files in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn new(folder: &Path) -> Result<Draft, FileError> {
        fs::create_dir_all(folder).map_err(|error| FileError { path: folder.to_owned(), error })?;
        Ok(Draft { folder: folder.to_owned(), written: Vec::new() })
    }

    /// Writes the file `name`, all at once.
    ///
    /// # Errors
    /// If it cannot be written to the end.
    pub fn write(
        &mut self,
        name: &'static str,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), FileError> {
        let mut file = self.open(name)?;
        content(&mut file).and_then(|()| file.flush()).map_err(|error| self.error(name, error))
    }

    /// Opens the file `name` for a caller that writes it bit by bit.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(&mut self, name: &'static str) -> Result<BufWriter<File>, FileError> {
        let file = File::create(self.partial(name)).map_err(|error| self.error(name, error))?;
        self.written.push(name);
        Ok(BufWriter::new(file))
    }

    /// The error of the file `name`.
    pub fn error(&self, name: &str, error: io::Error) -> FileError {
        FileError { path: self.folder.join(name), error }
    }

    /// Gives every file its name. All must have been written to the end.
    ///
    /// # Errors
    /// If one cannot be renamed; it and those after it are gone.
    pub fn publish(mut self) -> Result<(), FileError> {
        while let Some(&name) = self.written.first() {
            fs::rename(self.partial(name), self.folder.join(name))
                .map_err(|error| self.error(name, error))?;
            self.written.remove(0);
        }
        Ok(())
    }

    /// Two processes that write the same results must not write the same partial file.
    fn partial(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{}.partial", std::process::id()))
    }
}

impl Drop for Draft {
    /// Whatever was not published goes away.
    fn drop(&mut self) {
        for name in &self.written {
            // There is nobody left to tell, and nothing half-written under a name that counts.
            let _ = fs::remove_file(self.partial(name));
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write `{}`: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for FileError {}
