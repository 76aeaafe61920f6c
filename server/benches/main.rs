//! What Toolcrib costs: a table of figures, made on demand by `make bench`. Never a test: a figure depends on the machine and on what else
//! runs there, so each is given beside what the same call takes without Toolcrib, measured in the same run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod load;
mod product;
mod upstream;
mod workflows;

use load::{Ask, Measured};
use product::Product;
use std::{
    io::Write,
    os::unix::fs::FileExt,
    time::{Duration, Instant},
};

/// Direct and through Toolcrib take turns, so that a slow moment of the machine is in both.
const ROUNDS: u32 = 3;
const TOOLS: usize = 10_000;

fn main() {
    support::use_tls();
    let quick = std::env::args().any(|argument| argument == "--quick");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(bench(quick));
}

async fn bench(quick: bool) {
    let seconds = Duration::from_secs(if quick { 1 } else { 4 });
    let upstream = upstream::start();
    let mut product = Product::new(upstream);
    product.start().await;
    describe(&product);
    let token = product.set_up().await;

    let weather = product.api_tool(&token).await;
    let direct = [Ask::new("GET", "/weather?city=Bern&days=3", None, None, "temperature")];
    let path = format!("/v1/tools/{weather}/execute");
    let through = [Ask::new("POST", &path, Some(&token), Some(r#"{"inputs":{"city":"Bern"}}"#), r#""status":"success""#)];
    load::run(product.address, &through, 16, seconds).await;
    println!("\n| api_request | connections | p50 | p99 | calls/s | added p50 | added p99 | processor time per call: server, PostgreSQL |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for connections in [1, 16, 64] {
        let (mut straight, mut called, mut used) = (Measured::default(), Measured::default(), [Duration::ZERO; 2]);
        for _ in 0..ROUNDS {
            straight.add(load::run(upstream, &direct, connections, seconds / 2).await);
            let before = product.processor_time();
            called.add(load::run(product.address, &through, connections, seconds).await);
            let after = product.processor_time();
            used = [used[0] + after.0.saturating_sub(before.0), used[1] + after.1.saturating_sub(before.1)];
        }
        line("the upstream itself", connections, &straight, None, "");
        let share = |time: Duration| time.as_secs_f64() * 1e6 / called.count() as f64;
        let used = format!("{:.0} µs, {:.0} µs", share(used[0]), share(used[1]));
        line("through Toolcrib", connections, &called, Some(&straight), &used);
    }

    let id = product.python_tool(&token).await;
    let path = format!("/v1/tools/{id}/execute");
    let asks = [Ask::new("POST", &path, Some(&token), Some(r#"{"inputs":{"a":1,"b":2}}"#), r#""outputs":3"#)];
    let first = load::once_each(product.address, &asks).await;
    load::run(product.address, &asks, 1, seconds / 2).await;
    println!("\n| python | connections | p50 | p99 | calls/s |\n| --- | --- | --- | --- | --- |");
    println!("| first call of the organization | 1 | {:.2} ms | | |", first.percentile(0.5));
    for connections in [1, 8] {
        let called = load::run(product.address, &asks, connections, seconds).await;
        let (p50, p99) = (called.percentile(0.5), called.percentile(0.99));
        println!("| warm | {connections} | {p50:.2} ms | {p99:.2} ms | {:.0} |", called.per_second());
    }

    workflows::measure(&product, &token, &weather, seconds, quick).await;

    let number = if quick { TOOLS / 10 } else { TOOLS };
    let began = Instant::now();
    product.many_tools(&token, number).await;
    let made = number as f64 / began.elapsed().as_secs_f64();
    // Nothing of it in PostgreSQL's memory any more, nor in the server's.
    product.stop();
    product.start().await;
    let list = |query: &str| Ask::new("GET", &format!("/v1/tools?{query}"), Some(&token), None, r#""items":["#);
    let searches: Vec<Ask> =
        ["q=invoice", "q=w", "q=wether", "q=load%20report", "q=department%2012", "q=ticket%20777", "q=nothing%20like%20it"]
            .iter()
            .map(|query| list(query))
            .collect();
    let lists: Vec<Ask> =
        ["sort=name", "sort=executions&dir=desc", "kind=python&status=active&tag=tag7", "visibility=private&sort=updated"]
            .iter()
            .map(|q| list(q))
            .collect();
    println!("\n| {number} tools (made over REST at {made:.0} a second) | p50 | p99 | slowest |\n| --- | --- | --- | --- |");
    let row = |name: &str, measured: &Measured| {
        let [p50, p99, worst] = [0.5, 0.99, 1.0].map(|share| measured.percentile(share));
        println!("| {name} | {p50:.1} ms | {p99:.1} ms | {worst:.1} ms |");
    };
    row("search, the first of each after a start", &load::once_each(product.address, &searches).await);
    row("search, warm", &load::run(product.address, &searches, 1, seconds).await);
    row("list and filters, the first of each", &load::once_each(product.address, &lists).await);
    row("list and filters, warm", &load::run(product.address, &lists, 1, seconds).await);
}

fn line(name: &str, connections: usize, measured: &Measured, beside: Option<&Measured>, used: &str) {
    let (p50, p99) = (measured.percentile(0.5), measured.percentile(0.99));
    let added = beside.map_or_else(
        || "| ".to_owned(),
        |direct| {
            let (low, high) = (direct.percentile(0.5), direct.percentile(0.99));
            format!("{:.2} ms (×{:.1}) | {:.2} ms (×{:.1})", p50 - low, p50 / low, p99 - high, p99 / high)
        },
    );
    println!("| {name} | {connections} | {p50:.2} ms | {p99:.2} ms | {:.0} | {added} | {used} |", measured.per_second());
    std::io::stdout().flush().ok();
}

/// On what and when it was measured, and what the disk takes to keep 8 KiB, which every call waits for.
fn describe(product: &Product) {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let cpu =
        cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':')).map_or("unknown", |(_, name)| name.trim()).to_owned();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let file = std::fs::File::create(product.data().join("sync")).expect("a file");
    let mut syncs: Vec<u128> = (0..200)
        .map(|_| {
            let began = Instant::now();
            file.write_all_at(&[7; 8192], 0).and_then(|()| file.sync_data()).expect("write");
            began.elapsed().as_micros()
        })
        .collect();
    syncs.sort_unstable();
    let sync = syncs[100];
    let built = if cfg!(debug_assertions) {
        "without optimisation: worth nothing"
    } else {
        "optimised (cargo's profile “bench”, without link-time optimisation)"
    };
    println!(
        "{}, {cores} × {cpu}, Linux {}, {sync} µs to keep 8 KiB on disk, built {built}",
        chrono::Utc::now().format("%Y-%m-%d %H:%M UTC"),
        read("/proc/sys/kernel/osrelease").trim()
    );
    println!("load {}", read("/proc/loadavg").trim());
}
