//! Executes an operation as often as it is told to, so that its instructions can be counted: `instructions.sh` does.

mod posts;

use posts::{POSTS, execute, gateway, runtime};

fn main() {
    let times: u32 = std::env::args().nth(1).and_then(|times| times.parse().ok()).expect("how often");
    let (runtime, gateway) = (runtime(), gateway());
    for _ in 0..times {
        execute(&runtime, &gateway, POSTS);
    }
}
