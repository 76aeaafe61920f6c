//! Lists are read page by page while somebody adds to them: nothing comes twice, and nothing is left out.

use reqwest::Client;
use serde_json::{Value, json};
use support::{Answers, McpStandIn, Revision, TestServer, TestSystem};
use toolcrib::access::Scope;

struct Scene {
    test: TestSystem,
    server: TestServer,
    program: Client,
}

impl Scene {
    async fn new() -> Self {
        let test = TestSystem::new().await;
        let (_, owner) = test.organization("acme").await;
        let server = test.server().await;
        let program = test.program(&owner, &Scope::ALL).await;
        Self { test, server, program }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.program.post(self.server.url(path)).json(&body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn page(&self, path: &str, query: &str) -> (u16, Value) {
        let answer = self.program.get(self.server.url(&format!("{path}?{query}"))).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Reads the list in pages of two; `between` adds to it after the first page. `named`: where an item says what it is called.
    async fn leaf_through(&self, path: &str, named: &str, between: impl AsyncFnOnce()) -> Vec<String> {
        let mut between = Some(between);
        let (mut names, mut query) = (Vec::new(), "limit=2".to_owned());
        loop {
            let (status, page) = self.page(path, &query).await;
            assert_eq!(status, 200, "{path}: {page}");
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 2, "{path}: {page}");
            names.extend(items.iter().map(|item| item.pointer(named).unwrap().as_str().unwrap().to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { return names };
            assert_eq!(items.len(), 2, "{path}: only the last page is short");
            if let Some(between) = between.take() {
                between().await;
            }
            query = format!("limit=2&cursor={cursor}");
        }
    }

    async fn refuses_what_is_no_cursor(&self, path: &str) {
        for query in ["cursor=nonsense", "cursor=", "limit=many", "page=2"] {
            assert_eq!(self.page(path, query).await.0, 400, "{path}?{query}");
        }
        assert_eq!(self.page(path, "limit=0").await.1["items"].as_array().unwrap().len(), 1, "at least one");
    }
}

/// What is called so before anything is read; between two pages come one that belongs before what was read, and one that comes after it.
const AT_FIRST: [&str; 5] = ["bb", "dd", "ff", "hh", "jj"];
const EARLIER: &str = "aa";
const LATER: &str = "gg";
const READ: [&str; 6] = ["bb", "dd", "ff", "gg", "hh", "jj"];

/// Where the list is, where it is added to, where an item says what it is called, and what is made of a name.
type List<'a> = (&'a str, &'a str, &'a str, &'a dyn Fn(&str) -> Value);

#[tokio::test]
async fn variables_numbers_servers_and_names_of_keys_come_in_pages() {
    let scene = Scene::new().await;
    let upstream = McpStandIn::start(Revision::Newest, Answers::Json).await;
    let url = upstream.url();
    let number = |name: &str| json!({"label": name, "number": format!("+4930{:05}", u32::from(name.as_bytes()[0]))});
    let lists: [List; 4] = [
        ("/v1/variables", "/v1/variables", "/name", &|name| json!({"name": name})),
        ("/v1/phone-numbers", "/v1/phone-numbers", "/label", &number),
        ("/v1/mcp-servers", "/v1/mcp-servers", "/name", &|name| json!({"name": name, "url": url})),
        ("/v1/keys/names", "/v1/keys", "/key_name", &|name| json!({"key_name": name, "value": "a-value-of-a-key"})),
    ];
    for (list, made_at, named, new) in lists {
        for name in AT_FIRST {
            scene.post(made_at, new(name)).await;
        }
        let read = scene
            .leaf_through(list, named, async || {
                scene.post(made_at, new(EARLIER)).await;
                scene.post(made_at, new(LATER)).await;
            })
            .await;
        assert_eq!(read, READ, "{list}");
        scene.refuses_what_is_no_cursor(list).await;
        let (_, whole) = scene.page(list, "").await;
        assert_eq!((whole["items"].as_array().unwrap().len(), &whole["next_cursor"]), (7, &Value::Null), "{list}");
    }
    // Labels that differ in nothing but their letters' size, or not at all, are told apart by the number.
    for (label, number) in [("AA", "+493000001"), ("aa", "+493000002"), ("aa", "+493000003")] {
        scene.post("/v1/phone-numbers", json!({"label": label, "number": number})).await;
    }
    let all = scene.leaf_through("/v1/phone-numbers", "/number", async || {}).await;
    assert_eq!((all.len(), &all[..3]), (10, &["+493000001".to_owned(), "+493000002".to_owned(), "+493000003".to_owned()][..]));
}

#[tokio::test]
async fn documents_mappings_and_the_tree_of_categories_come_in_pages() {
    let scene = Scene::new().await;
    let document = |title: &str| {
        let document = json!({"openapi": "3.1.0", "info": {"title": title, "version": "1"}, "servers": [{"url": "https://a.example"}],
            "paths": {"/x": {"get": {"operationId": "getX", "responses": {"200": {"description": "ok"}}}}}});
        json!({"text": document.to_string()})
    };
    for title in AT_FIRST {
        scene.post("/v1/openapi-documents", document(title)).await;
    }
    let read = scene
        .leaf_through("/v1/openapi-documents", "/title", async || {
            scene.post("/v1/openapi-documents", document(EARLIER)).await;
            scene.post("/v1/openapi-documents", document(LATER)).await;
        })
        .await;
    assert_eq!(read, READ);
    scene.refuses_what_is_no_cursor("/v1/openapi-documents").await;

    // Each is followed by those below it, on whatever page.
    let category = async |name: &str, parent: &Value| scene.post("/v1/categories", json!({"name": name, "parent_id": parent["id"]})).await;
    let top = category("Finance", &Value::Null).await;
    category("Sales", &Value::Null).await;
    for name in ["Taxes", "Invoices"] {
        category(name, &top).await;
    }
    let read = scene
        .leaf_through("/v1/categories", "/name", async || {
            category("Accounts", &top).await;
            category("Payroll", &top).await;
            category("Art", &Value::Null).await;
        })
        .await;
    assert_eq!(read, ["Finance", "Invoices", "Payroll", "Taxes", "Sales"]);
    scene.refuses_what_is_no_cursor("/v1/categories").await;

    let key = scene.post("/v1/keys", json!({"key_name": "KEY", "value": "a-value-of-a-key"})).await;
    let list = format!("/v1/keys/{}/mappings", key["id"].as_str().unwrap());
    let agent = async |name: &str, priority: i32| {
        let agent = scene.post("/v1/agents", json!({"name": name})).await;
        scene.post(&list, json!({"context_type": "agent", "context_id": agent["id"], "priority": priority})).await;
    };
    for (name, priority) in [("third", 0), ("first", 9), ("second", 5)] {
        agent(name, priority).await;
    }
    scene.post(&list, json!({"context_type": "global"})).await;
    let read = scene
        .leaf_through(&list, "/context_type", async || {
            agent("before_all", 10).await;
            agent("later", 3).await;
        })
        .await;
    assert_eq!(read, ["agent", "agent", "agent", "agent", "global"]);
    let (_, whole) = scene.page(&list, "").await;
    let names: Vec<_> = whole["items"].as_array().unwrap().iter().map(|one| one["context_name"].as_str().unwrap_or("everybody")).collect();
    assert_eq!(names, ["before_all", "first", "second", "later", "third", "everybody"]);
    scene.refuses_what_is_no_cursor(&list).await;
}

fn script(name: &str, tags: &[&str]) -> Value {
    json!({"name": name, "kind": "python", "status": "active", "visibility": "public", "tags": tags, "script_content": "def main():\n    return 1\n"})
}

#[tokio::test]
async fn tags_come_in_pages_with_the_number_of_tools_that_bear_them() {
    let scene = Scene::new().await;
    scene.post("/v1/tools", script("one", &AT_FIRST)).await;
    scene.post("/v1/tools", script("two", &["hh", "bb"])).await;
    let read = scene
        .leaf_through("/v1/tags", "/name", async || {
            scene.post("/v1/tools", script("three", &[EARLIER, LATER, "dd"])).await;
        })
        .await;
    assert_eq!(read, READ);
    scene.refuses_what_is_no_cursor("/v1/tags").await;
    let (_, whole) = scene.page("/v1/tags", "limit=200").await;
    let counts: Vec<_> = whole["items"].as_array().unwrap().iter().map(|tag| tag["tool_count"].as_i64().unwrap()).collect();
    assert_eq!(counts, [1, 2, 2, 1, 1, 2, 1]);
}

#[tokio::test]
async fn what_a_server_offers_comes_in_pages_also_when_it_offers_more_meanwhile() {
    let scene = Scene::new().await;
    let upstream = McpStandIn::start(Revision::Newest, Answers::Json).await;
    let offer = |name: &str| json!({"name": name, "description": "One of many.", "inputSchema": {"type": "object"}});
    upstream.change_tools_silently(|tools| *tools = AT_FIRST.iter().rev().map(|name| offer(name)).collect());
    let made = scene.post("/v1/mcp-servers", json!({"name": "many", "url": upstream.url()})).await;
    let path = format!("/v1/mcp-servers/{}", made["id"].as_str().unwrap());
    let list = format!("{path}/tools");
    let read = scene
        .leaf_through(&list, "/definition/name", async || {
            upstream.change_tools_silently(|tools| tools.splice(..0, [offer(LATER), offer(EARLIER)]).for_each(drop));
            assert_eq!(scene.post(&format!("{path}/refresh"), json!({})).await["offered"], json!(7));
        })
        .await;
    assert_eq!(read, READ);
    scene.refuses_what_is_no_cursor(&list).await;
}

#[tokio::test]
async fn what_would_use_a_key_comes_in_pages_for_each_who_calls() {
    let scene = Scene::new().await;
    let key = json!({"key_name": "KEY", "value": "a-value-of-a-key", "mappings": [{"context_type": "global"}]});
    let key = scene.post("/v1/keys", key).await;
    let spec = json!({"baseUrl": "https://api.example.com", "method": "GET", "authType": "bearer", "authKeyName": "KEY"});
    let tool = |name: &str| json!({"name": name, "kind": "api_request", "status": "active", "visibility": "public", "api_spec": spec});
    let agent = scene.post("/v1/agents", json!({"name": "clerk"})).await;
    for name in AT_FIRST {
        let tool = scene.post("/v1/tools", tool(name)).await;
        scene.post(&format!("/v1/agents/{}/tools", agent["id"].as_str().unwrap()), json!({"tool_id": tool["id"]})).await;
    }
    let list = format!("/v1/keys/{}/uses", key["id"].as_str().unwrap());
    let read = scene
        .leaf_through(&list, "/asker_name", async || {
            scene.post("/v1/tools", tool(EARLIER)).await;
            scene.post("/v1/tools", tool(LATER)).await;
        })
        .await;
    // Each once for everybody and once for the agent; the later one is attached to nobody.
    assert_eq!(read, ["bb", "bb", "dd", "dd", "ff", "ff", "gg", "hh", "hh", "jj", "jj"]);
    scene.refuses_what_is_no_cursor(&list).await;
    let (_, first) = scene.page(&list, "limit=3").await;
    let callers: Vec<_> = first["items"].as_array().unwrap().iter().map(|one| one["context_type"].as_str().unwrap()).collect();
    assert_eq!(callers, ["global", "global", "agent"]);
    let (_, stranger) = scene.test.organization("globex").await;
    let foreign = scene.test.program(&stranger, &Scope::ALL).await;
    assert_eq!(foreign.get(scene.server.url(&list)).send().await.unwrap().status(), 404);
}
