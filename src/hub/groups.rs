//! Who is in which group of a shard. Members that get the same bytes lie side by side, need no lock, and leave without a search.

use crate::app::App;
use crate::hub::socket::{Seat, Socket};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::rc::Rc;

/// A group's members on this shard that get byte-identical frames.
struct Members<A: App> {
    /// The number of this list: no other ever has it.
    id: u64,
    format: u16,
    sockets: Vec<Rc<Socket<A>>>,
}

/// The groups of one shard.
pub(crate) struct Groups<A: App> {
    /// A group's members, by format. Most groups have members of one format.
    members: FxHashMap<A::Group, SmallVec<[Members<A>; 1]>>,
    next_id: u64,
    /// Members of all groups.
    count: u64,
}

impl<A: App> Default for Groups<A> {
    fn default() -> Self {
        Groups {
            members: FxHashMap::default(),
            next_id: 0,
            count: 0,
        }
    }
}

impl<A: App> Groups<A> {
    /// Adds a socket, which is not in the group yet.
    pub fn join(&mut self, group: A::Group, format: u16, socket: &Rc<Socket<A>>) {
        let lists = self.members.entry(group).or_default();
        let list = match lists.iter().position(|m| m.format == format) {
            Some(i) => &mut lists[i],
            None => {
                self.next_id += 1;
                lists.push(Members {
                    id: self.next_id,
                    format,
                    sockets: Vec::new(),
                });
                lists.last_mut().expect("just pushed")
            }
        };
        socket.subscription.seats.borrow_mut().push(Seat {
            list: list.id,
            at: list.sockets.len() as u32,
        });
        list.sockets.push(socket.clone());
        self.count += 1;
    }

    /// How many groups have members here, and how many members they have together.
    pub fn size(&self) -> (u64, u64) {
        (self.members.len() as u64, self.count)
    }

    /// Removes a socket, if it is in the group.
    pub fn leave(&mut self, group: &A::Group, format: u16, socket: &Rc<Socket<A>>) {
        let Some(lists) = self.members.get_mut(group) else {
            return;
        };
        let Some(i) = lists.iter().position(|m| m.format == format) else {
            return;
        };
        let list = &mut lists[i];
        let seat = {
            let mut seats = socket.subscription.seats.borrow_mut();
            let Some(own) = seats.iter().position(|s| s.list == list.id) else {
                return;
            };
            seats.swap_remove(own)
        };
        list.sockets.swap_remove(seat.at as usize);
        self.count -= 1;
        if let Some(moved) = list.sockets.get(seat.at as usize) {
            let mut seats = moved.subscription.seats.borrow_mut();
            if let Some(its) = seats.iter_mut().find(|s| s.list == list.id) {
                its.at = seat.at;
            }
        }
        if list.sockets.is_empty() {
            lists.swap_remove(i);
        } else if list.sockets.capacity() > 4 * list.sockets.len() + 16 {
            list.sockets.shrink_to(2 * list.sockets.len());
        }
        if lists.is_empty() {
            self.members.remove(group);
        }
    }

    /// The members of a group, format by format.
    pub fn members(&self, group: &A::Group) -> impl Iterator<Item = (u16, &[Rc<Socket<A>>])> {
        self.members
            .get(group)
            .into_iter()
            .flatten()
            .map(|m| (m.format, m.sockets.as_slice()))
    }
}
