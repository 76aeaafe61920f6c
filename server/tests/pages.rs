//! Pages that belong to nobody.

use support::TestSystem;

#[tokio::test]
async fn an_address_that_leads_nowhere_answers_404_with_a_page() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let answer = server.get("/a/b/c/d").header("accept", "text/html").send().await.unwrap();
    assert_eq!(answer.status(), 404);
    assert!(answer.text().await.unwrap().contains("<!DOCTYPE html>"));
}

#[tokio::test]
async fn a_tool_is_registered_and_tried_without_a_script_in_the_browser() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let browser = test.browser(&server, &owner).await;
    let page = async |path: &str| {
        let answer = browser.get(server.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    };
    assert!(page("/acme/tools").await.contains("No tools yet"));
    assert!(page("/acme/tools/new").await.contains("/acme/tools/new?kind=python"));
    let form = page("/acme/tools/new?kind=python").await;
    assert!(form.contains("def main(name: str") && form.contains("name=\"form[rows][0][name]\""));
    let mut fields = vec![
        ("org", "acme"),
        ("form[kind]", "python"),
        ("form[name]", "Bad Name"),
        ("form[visibility]", "public"),
        ("form[activate]", "true"),
        ("form[schema_by]", "rows"),
        ("form[rows][0][name]", "text"),
        ("form[rows][0][kind]", "string"),
        ("form[rows][0][required]", "true"),
        ("form[rows][1][name]", "times"),
        ("form[rows][1][kind]", "integer"),
        ("form[rows][1][default]", "2"),
        ("form[script]", "def main(text, times):\r\n    print('working')\r\n    return text * times\r\n"),
    ];
    let send = async |path: &str, from: &str, fields: &[(&str, &str)]| {
        let referer = server.url(from);
        let answer = browser.post(server.url(path)).header("referer", referer).form(fields).send().await.unwrap();
        assert!(answer.status().is_redirection(), "{}: {}", answer.status(), answer.text().await.unwrap());
        let target = answer.headers()["location"].to_str().unwrap().to_owned();
        target.strip_prefix(&server.origin()).map_or(target.clone(), str::to_owned)
    };
    let back = send("/api/fn/tools/create", "/acme/tools/new?kind=python", &fields).await;
    let refused = page(&back).await;
    assert!(refused.contains("A name starts with a lowercase letter."), "{back}");
    assert!(
        refused.contains("value=\"Bad Name\"") && refused.contains("print(&#x27;working&#x27;)") || refused.contains("print('working')")
    );
    fields[2].1 = "repeat";
    let tried = send("/api/fn/tools/create", "/acme/tools/new?kind=python", &fields).await;
    let id = tried.strip_prefix("/acme/tools/").unwrap().strip_suffix("/try").unwrap().to_owned();
    let form = page(&tried).await;
    assert!(form.contains("name=\"inputs[text]\"") && form.contains("Nothing run yet"));
    let call = [("org", "acme"), ("id", id.as_str()), ("inputs[text]", "ab"), ("inputs[times]", "3")];
    let done = page(&send("/api/fn/tools/try", &tried, &call).await).await;
    assert!(done.contains("ababab") && done.contains("working") && done.contains("/acme/executions/"));
    let wrong = [("org", "acme"), ("id", id.as_str()), ("inputs[text]", "ab"), ("inputs[times]", "many")];
    let refused = page(&send("/api/fn/tools/try", &tried, &wrong).await).await;
    assert!(refused.contains("Enter a whole number.") && refused.contains("value=\"many\""));
    for (tab, words) in
        [("", "What the model sees"), ("/definition", "Save changes"), ("/versions", "Version 1"), ("/executions", "Success")]
    {
        assert!(page(&format!("/acme/tools/{id}{tab}")).await.contains(words), "{tab}");
    }
    assert!(page("/acme/tools?q=repeat&kind=python").await.contains("/acme/tools/"));
    assert!(page("/acme/tools?q=nothing").await.contains("No tool matches"));
}

/// What a form sends, by name.
type Fields = &'static [(&'static str, &'static str)];

#[tokio::test]
async fn the_page_of_a_workflow_leads_to_its_outline_and_forms_of_the_outline_come_back_to_it() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let browser = test.browser(&server, &owner).await;
    let send = async |function: &str, from: &str, fields: &[(&str, &str)]| {
        let answer = browser.post(server.url(&format!("/api/fn/workflows/{function}"))).header("referer", server.url(from)).form(fields);
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), 303, "{function}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    let page = send("create", "/acme/workflows/new", &[("org", "acme"), ("display_name", "Flow"), ("visibility", "public")]).await;
    let id = page.strip_prefix("/acme/workflows/").unwrap();
    let shown = browser.get(server.url(&page)).send().await.unwrap().text().await.unwrap();
    assert!(shown.contains("needs JavaScript") && shown.contains(&format!("href=\"{page}/outline\"")));
    let outline = format!("{page}/outline");
    let shown = browser.get(server.url(&outline)).send().await.unwrap().text().await.unwrap();
    assert!(shown.contains("No steps yet") && shown.contains(&format!("href=\"{outline}?tab=json\"")));
    let same = [("org", "acme"), ("id", id)];
    let saves: [(&str, &str, Fields, &str); 4] = [
        ("add_node", "1", &[("kind", "delay")], "#steps"),
        ("save_inputs", "2", &[("fields[0][name]", "n"), ("fields[0][kind]", "integer")], "#inputs"),
        ("save_settings", "3", &[("display_name", "Flow 2"), ("name", "flow"), ("visibility", "public")], ""),
        ("save_definition", "4", &[("definition", r#"{"nodes": [], "edges": []}"#)], "?tab=json"),
    ];
    for (function, revision, fields, place) in saves {
        let fields = [&same[..], &[("revision", revision)], fields].concat();
        assert_eq!(send(function, &outline, &fields).await, format!("{outline}{place}"), "{function}");
    }
    // What is refused is shown where it was typed.
    let fields = [&same[..], &[("revision", "5"), ("definition", "{")]].concat();
    let back = send("save_definition", &format!("{outline}?tab=json"), &fields).await;
    assert!(back.starts_with(&format!("{outline}?tab=json&flash=")), "{back}");
}

#[tokio::test]
async fn where_the_canvas_was_leads_for_good_to_where_it_is_and_nowhere_else() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    for (old, new) in [
        ("/acme/workflows/1/canvas", "/acme/workflows/1"),
        ("/acme/workflows/1/canvas?run=2&compare=1..draft", "/acme/workflows/1?run=2&compare=1..draft"),
        ("/%5Cevil.example/workflows/1/canvas", "/%5Cevil.example/workflows/1"),
        ("/%2Fevil.example/workflows/1/canvas", "/%2Fevil.example/workflows/1"),
    ] {
        let answer = server.get(old).header("accept", "text/html").send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (308, new), "{old}");
    }
}
