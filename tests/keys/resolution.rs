//! Agent, then user, then everybody; inside a level the highest priority, then the newest; inactive and expired keys are passed over.

use super::{agent, tool};
use chrono::Duration;
use support::TestSystem;
use toolcrib::{
    access::Role,
    ids::{AgentId, ToolId},
    keys::{self, Ask, ContextType, KeyChange, NewKey, NewMapping, Secret, Who, choose::Verdict},
};

#[derive(Clone, Copy, PartialEq)]
enum For {
    Agent,
    OtherAgent,
    User,
    OtherUser,
    All,
}
use For::{Agent, All, OtherAgent, OtherUser, User};

#[derive(Clone, Copy, PartialEq)]
enum State {
    Fine,
    Inactive,
    /// An hour to live when the question is asked.
    Living,
    Expired,
}
use State::{Expired, Fine, Inactive, Living};

#[derive(Clone, Copy, PartialEq)]
enum Tool {
    Any,
    This,
    Other,
    /// The key itself is for another tool.
    KeyOfOther,
    KeyOfThis,
}
use Tool::{Any, KeyOfOther, KeyOfThis, Other, This};

/// Keys in the order in which they are made: for whom, priority, state, tool. Then which is used (by index) for a call by the agent and the
/// user, and for a call by the user alone.
type Row = (&'static str, &'static [(For, i32, State, Tool)], Option<usize>, Option<usize>);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("nothing is mapped", &[], None, None),
    ("everybody", &[(All, 0, Fine, Any)], Some(0), Some(0)),
    ("the user before everybody", &[(All, 0, Fine, Any), (User, 0, Fine, Any)], Some(1), Some(1)),
    ("the agent before the user", &[(User, 0, Fine, Any), (Agent, 0, Fine, Any), (All, 0, Fine, Any)], Some(1), Some(0)),
    ("a level is stronger than any priority", &[(All, 1000, Fine, Any), (User, 100, Fine, Any), (Agent, -5, Fine, Any)], Some(2), Some(1)),
    ("the highest priority of a level", &[(All, 5, Fine, Any), (All, 7, Fine, Any), (All, 6, Fine, Any)], Some(1), Some(1)),
    ("negative priorities count too", &[(All, -2, Fine, Any), (All, -1, Fine, Any)], Some(1), Some(1)),
    ("the newest of a priority", &[(All, 1, Fine, Any), (All, 1, Fine, Any), (All, 0, Fine, Any)], Some(1), Some(1)),
    ("an inactive key is passed over", &[(All, 0, Fine, Any), (All, 9, Inactive, Any)], Some(0), Some(0)),
    ("an expired key is passed over", &[(All, 0, Fine, Any), (All, 9, Expired, Any)], Some(0), Some(0)),
    ("a key that has not expired is used", &[(All, 0, Fine, Any), (All, 9, Living, Any)], Some(1), Some(1)),
    ("a level of unusable keys is passed over", &[(Agent, 0, Inactive, Any), (Agent, 1, Expired, Any), (User, 0, Fine, Any)], Some(2), Some(2)),
    ("two levels of unusable keys", &[(Agent, 0, Expired, Any), (User, 0, Inactive, Any), (All, 0, Living, Any)], Some(2), Some(2)),
    ("nothing usable", &[(Agent, 0, Inactive, Any), (User, 0, Expired, Any), (All, 0, Inactive, Any)], None, None),
    ("other agents' and people's mappings", &[(OtherAgent, 9, Fine, Any), (OtherUser, 9, Fine, Any)], None, None),
    ("others beside everybody", &[(OtherAgent, 9, Fine, Any), (All, 0, Fine, Any), (OtherUser, 9, Fine, Any)], Some(1), Some(1)),
    ("the agent's without a fallback", &[(Agent, 0, Fine, Any)], Some(0), None),
    ("mapped to this tool", &[(All, 0, Fine, This)], Some(0), Some(0)),
    ("mapped to another tool", &[(All, 0, Fine, Other)], None, None),
    ("priority decides, not how narrow a mapping is", &[(All, 1, Fine, Any), (All, 0, Fine, This)], Some(0), Some(0)),
    ("of the same priority the newest, not the narrowest", &[(All, 0, Fine, This), (All, 0, Fine, Any)], Some(1), Some(1)),
    ("a key of another tool", &[(All, 9, Fine, KeyOfOther), (All, 0, Fine, Any)], Some(1), Some(1)),
    ("a key of this tool", &[(All, 0, Fine, KeyOfThis)], Some(0), Some(0)),
    ("all at once", &[(All, 9, Fine, Any), (User, 1, Fine, Any), (User, 2, Expired, This), (Agent, 3, Inactive, Any), (Agent, 3, Fine, Other),
        (Agent, 1, Living, This), (Agent, 1, Expired, Any)], Some(5), Some(1)),
];

#[tokio::test]
async fn keys_are_resolved_as_specified() {
    let test = TestSystem::new().await;
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for (index, (words, made, with_agent, alone)) in TABLE.iter().enumerate() {
        let (organization, owner) = test.organization(&format!("acme{index}")).await;
        let (person, other_person) = (test.member(&organization, Role::Member).await, test.member(&organization, Role::Member).await);
        let (this, other) = (tool(&test, &owner, "this_tool", "KEY").await, tool(&test, &owner, "other_tool", "KEY").await);
        let (caller, other_agent) = (agent(&test, &owner, "caller").await, agent(&test, &owner, "other_agent").await);
        for (index, (whom, priority, state, of)) in made.iter().enumerate() {
            let (context_type, context_id) = match whom {
                Agent => (ContextType::Agent, Some(caller.0)),
                OtherAgent => (ContextType::Agent, Some(other_agent.0)),
                User => (ContextType::User, Some(person.user_id.0)),
                OtherUser => (ContextType::User, Some(other_person.user_id.0)),
                All => (ContextType::Global, None),
            };
            let mut new = NewKey::new("KEY", Secret::from(format!("value-{index}").as_str()));
            new.is_active = *state != Inactive;
            let minutes = match state {
                Living => Some(60),
                Expired => Some(1),
                _ => None,
            };
            new.expires_at = minutes.map(|minutes| test.now() + Duration::minutes(minutes));
            let tool_id = |own| match (of, own) {
                (This, false) | (KeyOfThis, true) => Some(this),
                (Other, false) | (KeyOfOther, true) => Some(other),
                _ => None,
            };
            new.tool_id = tool_id(true);
            new.mappings.push(NewMapping { tool_id: tool_id(false), context_type, context_id, priority: *priority });
            keys::create(test.system(), &owner, new).await.unwrap();
            test.pass(Duration::milliseconds(10));
        }
        test.pass(Duration::minutes(2));
        for (agent_id, expected) in [(Some(caller), with_agent), (None, alone)] {
            let ask =
                Ask { organization_id: owner.organization_id, tool_id: this, key_name: "KEY", agent_id, user_id: Some(person.user_id) };
            let mut tx = test.system().tenant(&person).await.unwrap();
            let got = keys::resolve(&mut tx, test.system(), ask).await.unwrap();
            let got = got.as_ref().ok().map(super::plain);
            let expected = expected.map(|index| format!("value-{index}"));
            asked += 1;
            if got != expected.as_deref() {
                wrong.push(format!("{words}, {}: {got:?}, not {expected:?}", if agent_id.is_some() { "agent" } else { "alone" }));
            }
            let who = Who { agent_id, user_id: Some(person.user_id) };
            let explained = keys::explain(test.system(), &owner, this, None, &who).await.unwrap();
            let used = explained.steps.iter().filter(|step| step.verdict == Verdict::Used).count();
            assert_eq!((explained.key_id.is_some(), used), (expected.is_some(), usize::from(expected.is_some())), "{words}");
        }
    }
    assert_eq!((wrong, asked), (Vec::new(), TABLE.len() * 2));
}

async fn call(
    test: &TestSystem,
    actor: &toolcrib::actor::Actor,
    tool: ToolId,
    name: &str,
    agent: Option<AgentId>,
) -> Result<String, String> {
    let mut tx = test.system().tenant(actor).await.unwrap();
    let ask = Ask { organization_id: actor.organization_id, tool_id: tool, key_name: name, agent_id: agent, user_id: Some(actor.user_id) };
    match keys::resolve(&mut tx, test.system(), ask).await.unwrap() {
        Ok(key) => Ok(key.key_name),
        Err(unresolved) => Err(unresolved.to_string()),
    }
}

#[tokio::test]
async fn expiry_is_honoured_to_the_second_and_what_was_passed_over_is_said() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tool = tool(&test, &owner, "pay", "KEY").await;
    let mut new = NewKey::new("KEY", Secret::from("a value"));
    new.expires_at = Some(test.now() + Duration::hours(1));
    new.mappings.push(super::everybody());
    let made = keys::create(test.system(), &owner, new).await.unwrap();
    test.pass(Duration::minutes(59) + Duration::seconds(50));
    assert!(call(&test, &owner, tool, "KEY", None).await.is_ok());
    test.pass(Duration::seconds(10));
    let why = call(&test, &owner, tool, "KEY", None).await.unwrap_err();
    assert!(why.contains("“KEY”") && why.contains("1 mapped to this call: expired"), "{why}");
    let later = serde_json::json!({"expires_at": null, "is_active": false});
    keys::change(test.system(), &owner, made.id, serde_json::from_value::<KeyChange>(later).unwrap()).await.unwrap();
    let why = call(&test, &owner, tool, "KEY", None).await.unwrap_err();
    assert!(why.contains("1 mapped to this call: inactive"), "{why}");
    let why = call(&test, &owner, tool, "KEY2", None).await.unwrap_err();
    assert!(why.contains("“KEY2”") && why.contains("Add it under Keys"), "{why}");
    assert!(call(&test, &owner, tool, "key", None).await.is_err(), "names are told apart by case");
}
