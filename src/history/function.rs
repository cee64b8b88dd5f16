//! What operations do: the functions that models know by name, and any other.

use std::fmt;

use super::Text;

/// What an operation does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Function {
    /// Returns the value, or all of it: of a register, a counter, a set.
    Read,
    /// Sets the value.
    Write,
    /// `[old, new]`: sets the value to `new` if it is `old`, and fails otherwise.
    Cas,
    /// Returns the value of a key.
    Get,
    /// Sets the value of a key.
    Put,
    /// Adds to the end of the value of a key.
    Append,
    /// Adds to a counter, or an element to a set.
    Add,
    /// Adds an element at the end of a queue.
    Enqueue,
    /// Takes the first element of a queue.
    Dequeue,
    /// Puts an element on a stack.
    Push,
    /// Takes the topmost element of a stack.
    Pop,
    /// Takes a lock.
    Acquire,
    /// Gives a lock back.
    Release,
    /// Proposes a value; the answer is the one decided on.
    Propose,
    /// A transaction: a list of `[f, key, value]`, all at once.
    Txn,
    /// A name not known here. Files that hold one can be read; a model refuses it.
    Other(Text),
}

/// The functions known by name.
static KNOWN: [(&str, Function); 15] = [
    ("read", Function::Read),
    ("write", Function::Write),
    ("cas", Function::Cas),
    ("get", Function::Get),
    ("put", Function::Put),
    ("append", Function::Append),
    ("add", Function::Add),
    ("enqueue", Function::Enqueue),
    ("dequeue", Function::Dequeue),
    ("push", Function::Push),
    ("pop", Function::Pop),
    ("acquire", Function::Acquire),
    ("release", Function::Release),
    ("propose", Function::Propose),
    ("txn", Function::Txn),
];

impl Function {
    /// Whether it reads an object, in any of the words for that, and does nothing else.
    pub const fn is_read(&self) -> bool {
        matches!(self, Function::Read | Function::Get)
    }

    /// The function of this name.
    pub fn parse(name: &str) -> Function {
        match KNOWN.iter().find(|(known, _)| *known == name) {
            Some((_, function)) => function.clone(),
            None => Function::Other(name.into()),
        }
    }

    /// The name in files.
    pub fn name(&self) -> &str {
        match self {
            Function::Read => "read",
            Function::Write => "write",
            Function::Cas => "cas",
            Function::Get => "get",
            Function::Put => "put",
            Function::Append => "append",
            Function::Add => "add",
            Function::Enqueue => "enqueue",
            Function::Dequeue => "dequeue",
            Function::Push => "push",
            Function::Pop => "pop",
            Function::Acquire => "acquire",
            Function::Release => "release",
            Function::Propose => "propose",
            Function::Txn => "txn",
            Function::Other(name) => name,
        }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_table() {
        for (name, function) in &KNOWN {
            assert_eq!((&Function::parse(name), function.name()), (function, *name));
        }
        assert_eq!(Function::parse("transfer").name(), "transfer");
        assert_eq!(size_of::<Function>(), 16);
    }
}
