//! How fast lists of 10 000 tools answer, printed as a table. Not run with the other tests, since a busy machine proves nothing:
//! `cargo nextest run -p toolcrib --features ssr --run-ignored only find_speed --no-capture`

use support::TestSystem;
use toolcrib::{
    access::Role,
    tools::{self, ToolFilter, ToolSort},
};

#[tokio::test]
#[ignore = "a measurement"]
async fn ten_thousand_tools() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, other) = test.organization("globex").await;
    let member = test.member(&organization, Role::Member).await;
    test.many_tools(&owner, 10_000).await;
    test.many_tools(&other, 10_000).await;
    let text = |text: &str| ToolFilter { text: Some(text.to_owned()), ..ToolFilter::default() };
    let sort = |sort| ToolFilter { sort: Some(sort), ..ToolFilter::default() };
    let questions = [
        ("newest first", ToolFilter::default()),
        ("by name", sort(ToolSort::Name)),
        ("by executions", sort(ToolSort::Executions)),
        ("one letter", text("s")),
        ("one word", text("shipment")),
        ("two words", text("shipment 77")),
        ("a slip", text("shpiment")),
        ("nothing found", text("zebra crossing")),
        ("kind and tag", ToolFilter { kind: Some(tools::Kind::Python), tag: Some("tag3".into()), ..ToolFilter::default() }),
    ];
    println!("{:16} {:>10} {:>10} {:>10} {:>10}", "list", "owner p50", "max", "member p50", "max");
    for (name, filter) in questions {
        let mut line = format!("{name:16}");
        for actor in [&owner, &member] {
            let mut times = Vec::new();
            for _ in 0..15 {
                let begun = std::time::Instant::now();
                tools::list::find(test.system(), actor, filter.clone()).await.unwrap();
                times.push(begun.elapsed().as_secs_f64() * 1000.0);
            }
            times.sort_by(f64::total_cmp);
            line.push_str(&format!(" {:>7.1} ms {:>7.1} ms", times[7], times[14]));
        }
        println!("{line}");
    }
    let begun = std::time::Instant::now();
    tools::list::facets(test.system(), &owner).await.unwrap();
    println!("{:16} {:>7.1} ms", "facets", begun.elapsed().as_secs_f64() * 1000.0);
}
