//! tmp
fn main() {
    for script in klp_sim::SCRIPTS {
        let start = std::time::Instant::now();
        match klp_sim::explore(script) {
            Ok(f) => println!("{}: {f:?} {:?}", script.name, start.elapsed()),
            Err(f) => println!("{}: {}\n{}", script.name, f.violation, f.log.join("\n")),
        }
    }
}
