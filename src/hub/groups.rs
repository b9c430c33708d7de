//! Who is in which group of a shard. Members of one lane lie side by side, need no lock, and leave without a search.

use crate::app::App;
use crate::hub::socket::{Seat, Socket};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::rc::Rc;

/// A group's members on this shard that get byte-identical frames.
struct Room<A: App> {
    id: u64,
    lane: u16,
    members: Vec<Rc<Socket<A>>>,
}

/// The groups of one shard.
pub(crate) struct Groups<A: App> {
    rooms: FxHashMap<A::Group, SmallVec<[Room<A>; 1]>>,
    next_room: u64,
    /// Places that are taken, in all groups.
    seats: u64,
}

impl<A: App> Default for Groups<A> {
    fn default() -> Self {
        Groups {
            rooms: FxHashMap::default(),
            next_room: 0,
            seats: 0,
        }
    }
}

impl<A: App> Groups<A> {
    pub fn join(&mut self, group: A::Group, lane: u16, socket: &Rc<Socket<A>>) {
        let rooms = self.rooms.entry(group).or_default();
        let room = match rooms.iter().position(|r| r.lane == lane) {
            Some(i) => &mut rooms[i],
            None => {
                self.next_room += 1;
                rooms.push(Room {
                    id: self.next_room,
                    lane,
                    members: Vec::new(),
                });
                rooms.last_mut().expect("just pushed")
            }
        };
        socket.seats.borrow_mut().push(Seat {
            room: room.id,
            at: room.members.len() as u32,
        });
        room.members.push(socket.clone());
        self.seats += 1;
    }

    /// How many groups have members here, and how many places in them are taken.
    pub fn size(&self) -> (u64, u64) {
        (self.rooms.len() as u64, self.seats)
    }

    pub fn leave(&mut self, group: &A::Group, lane: u16, socket: &Rc<Socket<A>>) {
        let Some(rooms) = self.rooms.get_mut(group) else {
            return;
        };
        let Some(i) = rooms.iter().position(|r| r.lane == lane) else {
            return;
        };
        let room = &mut rooms[i];
        let seat = {
            let mut seats = socket.seats.borrow_mut();
            let Some(mine) = seats.iter().position(|s| s.room == room.id) else {
                return;
            };
            seats.swap_remove(mine)
        };
        room.members.swap_remove(seat.at as usize);
        self.seats -= 1;
        if let Some(moved) = room.members.get(seat.at as usize) {
            let mut seats = moved.seats.borrow_mut();
            if let Some(theirs) = seats.iter_mut().find(|s| s.room == room.id) {
                theirs.at = seat.at;
            }
        }
        if room.members.is_empty() {
            rooms.swap_remove(i);
        } else if room.members.capacity() > 4 * room.members.len() + 16 {
            room.members.shrink_to(2 * room.members.len());
        }
        if rooms.is_empty() {
            self.rooms.remove(group);
        }
    }

    /// The members of a group, lane by lane.
    pub fn members(&self, group: &A::Group) -> impl Iterator<Item = (u16, &[Rc<Socket<A>>])> {
        self.rooms
            .get(group)
            .into_iter()
            .flatten()
            .map(|r| (r.lane, r.members.as_slice()))
    }
}
