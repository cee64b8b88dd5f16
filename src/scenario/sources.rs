//! The files a scenario is made of, laid end to end, so that one number names a byte of
//! any of them.

/// The files that were read: the scenario first, then what it extends, then what was set on
/// the command line, then what values name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Sources {
    files: Vec<SourceFile>,
}

/// One of the files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SourceFile {
    /// The file as messages name it.
    pub(super) path: String,
    /// What is in it.
    pub(super) text: String,
    /// The number of its first byte among those of all files.
    pub(super) start: usize,
    /// The file that extends it, if it was read for that.
    pub(super) extended_by: Option<String>,
    /// Whether `text` is all that is in it, and not what can be shown of something else.
    pub(super) is_text: bool,
}

impl Sources {
    /// The scenario alone.
    pub(super) fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let (path, text) = (path.into(), text.into());
        Sources { files: vec![SourceFile { path, text, start: 0, extended_by: None, is_text: true }] }
    }

    /// Lays another file behind the others.
    pub(super) fn push(&mut self, path: String, text: String, extended_by: Option<String>, is_text: bool) {
        let start = self.files.last().map_or(0, SourceFile::behind);
        self.files.push(SourceFile { path, text, start, extended_by, is_text });
    }

    /// Lays files behind the others that were made to follow them.
    pub(super) fn extend(&mut self, files: Vec<SourceFile>) {
        self.files.extend(files);
    }

    /// The scenario itself.
    pub(super) fn root(&self) -> &SourceFile {
        &self.files[0]
    }

    /// All files, in order.
    pub(super) fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The file that byte `at` is in; the last one for what lies behind all.
    pub(super) fn file_at(&self, at: usize) -> &SourceFile {
        let behind = self.files.partition_point(|file| file.start <= at);
        &self.files[behind.max(1) - 1]
    }
}

impl SourceFile {
    /// Where the next file begins: a byte between two, so that the end of one is not the beginning
    /// of the next.
    pub(super) fn behind(&self) -> usize {
        self.start + self.text.len() + 1
    }
}
