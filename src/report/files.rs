//! Files that appear whole or not at all.
//!
//! A draft writes under names that end in `.partial` and renames when everything is on the disk; a
//! full disk or an end in the middle leaves what was there before as it was, and no folder that was
//! not there. Each rename is whole, but several are not one: what can be foreseen is looked for
//! before the first, and where one fails all the same the error says which files are new. Only an
//! end without notice leaves partial files behind.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Files of one folder that will appear together.
#[derive(Debug)]
pub struct Draft {
    folder: PathBuf,
    /// The folders that were made for it, the outermost first.
    made: Vec<PathBuf>,
    /// The names of files that are written and wait for [`Draft::publish`].
    written: Vec<String>,
}

/// A file that could not be written.
#[derive(Debug)]
pub struct FileError {
    /// What was to be there.
    pub path: PathBuf,
    /// Why it is not.
    pub error: io::Error,
    /// Files that were to appear with it and did.
    pub published: Vec<String>,
}

impl Draft {
    /// A draft of files in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn new(folder: &Path) -> Result<Draft, FileError> {
        let missing = folder.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists());
        let mut made: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        made.reverse();
        let draft = Draft { folder: folder.to_owned(), made, written: Vec::new() };
        match fs::create_dir_all(folder) {
            Ok(()) => Ok(draft),
            Err(error) => Err(FileError { path: folder.to_owned(), error, published: Vec::new() }),
        }
    }

    /// Writes the file `name`, all at once.
    ///
    /// # Errors
    /// If it cannot be written to the end.
    pub fn write(
        &mut self,
        name: &str,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), FileError> {
        let mut file = self.open(name)?;
        content(&mut file).and_then(|()| file.flush()).map_err(|error| self.error(name, error))
    }

    /// Opens the file `name` for a caller that writes it bit by bit.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(&mut self, name: &str) -> Result<BufWriter<File>, FileError> {
        let file = File::create(self.partial(name)).map_err(|error| self.error(name, error))?;
        self.written.push(name.to_owned());
        Ok(BufWriter::new(file))
    }

    /// The error of the file `name`.
    pub fn error(&self, name: &str, error: io::Error) -> FileError {
        FileError { path: self.folder.join(name), error, published: Vec::new() }
    }

    /// Gives every file its name. All must have been written to the end.
    ///
    /// # Errors
    /// If one cannot be put on the disk or renamed; it and those after it are gone.
    pub fn publish(mut self) -> Result<(), FileError> {
        for name in self.written.clone() {
            self.check(&name).map_err(|error| self.error(&name, error))?;
        }
        let mut published = Vec::new();
        while let Some(name) = self.written.first() {
            if let Err(error) = fs::rename(self.partial(name), self.folder.join(name)) {
                return Err(FileError { published, ..self.error(name, error) });
            }
            published.push(self.written.remove(0));
        }
        // The names are on the disk with the folder. Where a folder cannot be synced, as on some systems,
        // a loss of power may bring the old files back, each of them whole.
        let _ = File::open(&self.folder).and_then(|folder| folder.sync_all());
        Ok(())
    }

    /// Whether the file `name` is on the disk and nothing is in its way.
    fn check(&self, name: &str) -> io::Result<()> {
        File::open(self.partial(name))?.sync_all()?;
        match self.folder.join(name).is_dir() {
            true => Err(io::Error::new(io::ErrorKind::IsADirectory, "there is a folder of that name")),
            false => Ok(()),
        }
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
        // What is not empty stays.
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write `{}`: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for FileError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is in a folder of a test's own, file by file.
    fn with_folder(name: &str, test: impl FnOnce(&Path)) {
        let folder = std::env::temp_dir().join(format!("atropos-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        test(&folder);
        fs::remove_dir_all(folder).unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn write(draft: &mut Draft, name: &str) {
        draft.write(name, |file| write!(file, "new")).unwrap();
    }

    #[test]
    fn what_can_be_foreseen_replaces_nothing() {
        with_folder("foreseen", |folder| {
            fs::write(folder.join("a"), "old").unwrap();
            fs::create_dir(folder.join("b")).unwrap();
            let mut draft = Draft::new(folder).unwrap();
            write(&mut draft, "a");
            write(&mut draft, "b");
            let error = draft.publish().unwrap_err();
            assert_eq!((error.path, error.published), (folder.join("b"), Vec::<String>::new()));
            assert_eq!(fs::read_to_string(folder.join("a")).unwrap(), "old");
            assert_eq!(names(folder), ["a", "b"]);
        });
    }

    #[test]
    fn what_is_given_up_leaves_no_folder_that_was_not_there() {
        with_folder("made", |folder| {
            let deep = folder.join("x/y");
            let mut draft = Draft::new(&deep).unwrap();
            write(&mut draft, "a");
            drop(draft);
            assert_eq!(names(folder), [""; 0]);
            let mut draft = Draft::new(&deep).unwrap();
            write(&mut draft, "a");
            draft.publish().unwrap();
            drop(Draft::new(&deep.join("z")).unwrap());
            assert_eq!(names(&deep), ["a"]);
        });
    }
}
