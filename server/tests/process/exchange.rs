//! `toolcrib export` and `toolcrib import`.

use super::{Data, said};
use reqwest::Url;
use std::{
    path::Path,
    process::{Command, Output},
};
use support::{TestSystem, cluster_url};
use toolcrib::tools::{self, Kind, NewTool, Status, UpdateTool};

fn toolcrib(test: &TestSystem, data: &Data, arguments: &[&str], folder: &Path) -> Output {
    let mut url = Url::parse(&cluster_url()).unwrap();
    url.set_path(test.database().name());
    Command::new(env!("CARGO_BIN_EXE_toolcrib"))
        .args(&arguments[..1])
        .arg(folder)
        .args(&arguments[1..])
        .env("DATABASE_URL", url.as_str())
        .env("TOOLCRIB_DATA_DIR", data.path())
        .env("TOOL_KEY_ENCRYPTION_MASTER", support::MASTER_KEY)
        .output()
        .unwrap()
}

#[tokio::test]
async fn a_folder_of_tools_goes_from_one_organization_to_another_and_says_first_what_it_would_do() {
    let (test, data) = (TestSystem::new().await, Data::new());
    let (_, owner) = test.organization("acme").await;
    let (_, other) = test.organization("globex").await;
    let system = test.system();
    let mut new = NewTool::new("greet", Kind::Python);
    new.script_content = Some("def main():\n    return \"ü\"\n".to_owned());
    new.status = Status::Active;
    tools::create(system, &owner, new).await.unwrap();
    let folder = data.path().join("tools");
    let run = |arguments: &[&str]| toolcrib(&test, &data, arguments, &folder);

    let exported = run(&["export", "--organization", "acme"]);
    assert!(exported.status.success(), "{}", said(&exported));
    assert_eq!(std::fs::read_to_string(folder.join("greet.py")).unwrap(), "def main():\n    return \"ü\"\n");

    let looked = run(&["import", "--organization", "globex"]);
    let words = String::from_utf8_lossy(&looked.stdout).into_owned();
    assert!(
        looked.status.success() && words.contains("create     greet") && words.contains("Nothing was written"),
        "{words}{}",
        said(&looked)
    );
    assert!(tools::batch::export(system, &other, &[]).await.is_err());

    assert!(run(&["import", "--organization", "globex", "--yes"]).status.success());
    let (one, two) = (tools::batch::export(system, &owner, &[]).await.unwrap(), tools::batch::export(system, &other, &[]).await.unwrap());
    assert_eq!(one, two);
    let again = run(&["import", "--organization", "globex", "--yes"]);
    assert!(String::from_utf8_lossy(&again.stdout).contains("unchanged  greet"));

    // What cannot be imported is said, and is a failure.
    let tool = tools::list(system, &other, tools::ToolFilter::default()).await.unwrap().items.remove(0);
    tools::update(system, &other, tool.id, UpdateTool { description: Some("x".into()), ..UpdateTool::default() }).await.unwrap();
    std::fs::write(folder.join("greet.json"), r#"{"name": "greet", "kind": "api_request"}"#).unwrap();
    std::fs::remove_file(folder.join("greet.py")).unwrap();
    let refused = run(&["import", "--organization", "globex", "--yes"]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stdout).contains("conflict   greet"), "{}", said(&refused));
    let nobody = run(&["export", "--organization", "nobody"]);
    assert!(!nobody.status.success() && said(&nobody).contains("there is no organization “nobody”"));
}
