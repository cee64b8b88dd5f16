//! Who takes part, and between whom messages travel.

use std::fmt;

/// A node of the cluster: `0..nodes`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A client outside the cluster: `0..clients`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u32);

/// An end of a link: a node, or a client (the top bit set).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(u32);

/// A directed link.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LinkId {
    /// Where messages enter.
    pub from: Address,
    /// Where messages leave.
    pub to: Address,
}

impl NodeId {
    /// The node's place in tables.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl ClientId {
    /// The client's place in tables.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Address {
    const CLIENT: u32 = 1 << 31;

    /// The number that stands for this end in digests and keys.
    pub const fn code(self) -> u32 {
        self.0
    }

    /// The place of this end in a table of its kind: nodes or clients.
    pub const fn index(self) -> usize {
        (self.0 & !Self::CLIENT) as usize
    }

    /// The node, if this end is one.
    pub const fn as_node(self) -> Option<NodeId> {
        if self.0 & Self::CLIENT == 0 { Some(NodeId(self.0)) } else { None }
    }
}

impl From<NodeId> for Address {
    fn from(node: NodeId) -> Self {
        debug_assert!(node.0 < Self::CLIENT);
        Address(node.0)
    }
}

impl From<ClientId> for Address {
    fn from(client: ClientId) -> Self {
        debug_assert!(client.0 < Self::CLIENT);
        Address(client.0 | Self::CLIENT)
    }
}

impl LinkId {
    /// The link from `from` to `to`.
    pub fn new(from: impl Into<Address>, to: impl Into<Address>) -> Self {
        LinkId { from: from.into(), to: to.into() }
    }

    /// Both ends in one word: the sender in the high half.
    pub const fn code(self) -> u64 {
        (self.from.0 as u64) << 32 | self.to.0 as u64
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0)
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0)
    }
}

impl fmt::Debug for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_node() {
            Some(node) => fmt::Display::fmt(&node, f),
            None => write!(f, "c{}", self.0 & !Self::CLIENT),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
