mod decision;
mod give;

use support::TestSystem;
use toolcrib::{
    actor::Actor,
    agents::{self, Agent, NewAgent},
    tools::{Tool, Visibility, create},
};

/// A private, active tool of this owner.
async fn private_tool(test: &TestSystem, owner: &Actor, name: &str) -> Tool {
    let mut new = crate::tools::plain(name);
    new.visibility = Visibility::Private;
    create(test.system(), owner, new).await.unwrap()
}

async fn agent(test: &TestSystem, owner: &Actor, name: &str) -> Agent {
    let new = NewAgent { name: name.to_owned(), ..NewAgent::default() };
    agents::create::create(test.system(), owner, new).await.unwrap()
}
