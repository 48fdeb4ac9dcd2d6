//! The rows of ../../Sources/Benchmarks that mean something for tokio. Its arguments and what it prints are that program's:
//! WORKERS full|tiny NAME.

mod measuring;
mod tasks;

use measuring::Request;

fn main() {
    let request = Request::parse();
    println!("{}", tasks::measure(&request).line(&request.name));
}
