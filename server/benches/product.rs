//! The product as it is run: the binary with its embedded PostgreSQL in a fresh folder, filled through the doors that everybody uses.

use reqwest::{Client, header, redirect};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

pub struct Product {
    child: Option<Child>,
    pub address: SocketAddr,
    upstream: SocketAddr,
    data: tempfile::TempDir,
}

impl Product {
    pub fn new(upstream: SocketAddr) -> Self {
        let data = tempfile::Builder::new().prefix("toolcrib-bench").tempdir().expect("a folder");
        std::fs::set_permissions(data.path(), std::fs::Permissions::from_mode(0o755)).expect("a folder that PostgreSQL reaches");
        let address = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        Self { child: None, address, upstream, data }
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Starts it with its usual settings. What it logs goes to a file, as a service manager would have it.
    pub async fn start(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.data().join("log")).expect("a log");
        let child = Command::new(env!("CARGO_BIN_EXE_toolcrib"))
            .arg("serve")
            .env_remove("DATABASE_URL")
            .env("TOOLCRIB_DATA_DIR", self.data())
            .env("TOOLCRIB_ADDR", self.address.to_string())
            .env("TOOLCRIB_ALLOW_PRIVATE_HOSTS", self.upstream.to_string())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the server");
        self.child = Some(child);
        let (client, began) = (client(), Instant::now());
        loop {
            let ready = client.get(self.url("/readyz")).timeout(Duration::from_secs(2)).send().await;
            if ready.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            let ended = self.child.as_mut().and_then(|child| child.try_wait().expect("the server's state"));
            assert!(ended.is_none() && began.elapsed() < Duration::from_secs(120), "the server did not start: {}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// In order, its PostgreSQL with it.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().expect("kill");
            child.wait().expect("the end of the server");
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.data().join("log")).unwrap_or_default()
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// An organization, its owner, and a token that the owner makes: by the forms of the pages. The token.
    pub async fn set_up(&self) -> String {
        let browser = client();
        let organization =
            [("organization_name", "Bench"), ("name", "Ada"), ("email", "ada@bench.example"), ("password", "correct horse battery")];
        let done = self.submit(&browser, "users/set_up", &organization, "").await;
        let cookie = done.headers().get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok()?.split(';').next());
        let cookie = cookie.filter(|line| line.starts_with("tc_session=")).collect::<String>();
        assert!(!cookie.is_empty(), "no session after set-up: {done:?}");
        let token = [
            ("org", "bench"),
            ("name", "bench"),
            ("scopes[0]", "write"),
            ("scopes[1]", "execute"),
            ("scopes[2]", "read"),
            ("expires_in_days", "7"),
        ];
        let shown = self.submit(&browser, "tokens/create", &token, &cookie).await;
        let place = shown.headers().get(header::LOCATION).and_then(|place| place.to_str().ok()).expect("the page that shows the token");
        let page = browser.get(self.url(place)).header(header::COOKIE, &cookie).send().await.expect("the page").text().await.expect("text");
        // The list has its beginning and end only.
        let mut texts = page.split('>').filter_map(|part| part.split('<').next());
        texts.find(|text| text.starts_with("tc_") && text.len() == 46).unwrap_or_else(|| panic!("no token on the page {place}")).to_owned()
    }

    async fn submit(&self, browser: &Client, function: &str, fields: &[(&str, &str)], cookie: &str) -> reqwest::Response {
        let request =
            browser.post(self.url(&format!("/api/fn/{function}"))).header(header::ORIGIN, self.url("")).header(header::COOKIE, cookie);
        let answer = request.header(header::ACCEPT, "text/html").form(fields).send().await.expect("a form");
        assert!(answer.status().is_redirection(), "{function}: {} {:?}", answer.status(), answer.text().await);
        answer
    }

    /// Makes a tool over REST; its id.
    pub async fn tool(&self, client: &Client, token: &str, tool: &Value) -> String {
        let answer = client.post(self.url("/v1/tools")).bearer_auth(token).json(tool).send().await.expect("a tool");
        let status = answer.status();
        let made: Value = answer.json().await.expect("JSON");
        assert_eq!(status, 201, "{made}");
        made["id"].as_str().expect("an id").to_owned()
    }

    /// The measured tool: inputs to check, a limit to keep, a request to make.
    pub async fn api_tool(&self, token: &str) -> String {
        let tool = json!({
            "name": "current_weather", "display_name": "Current weather", "description": "The weather of a city.", "kind": "api_request",
            "status": "active", "visibility": "public", "rate_limit_per_minute": 1_000_000, "rate_limit_per_hour": 1_000_000,
            "input_schema": {"type": "object", "required": ["city"], "additionalProperties": false, "properties": {
                "city": {"type": "string", "minLength": 1, "maxLength": 80}, "days": {"type": "integer", "minimum": 1, "maximum": 14, "default": 3}}},
            "output_schema": {"type": "object", "required": ["temperature"], "properties": {"temperature": {"type": "number"}, "unit": {"type": "string"}}},
            "api_spec": {"method": "GET", "base_url": format!("http://{}", self.upstream), "path": "/weather", "auth_type": "none",
                "query_params": {"city": "{{city}}", "days": "{{days}}"}}
        });
        self.tool(&client(), token, &tool).await
    }

    pub async fn python_tool(&self, token: &str) -> String {
        let tool = json!({
            "name": "add_numbers", "display_name": "Add numbers", "description": "The sum of two numbers.", "kind": "python",
            "status": "active", "visibility": "public", "rate_limit_per_minute": 1_000_000, "rate_limit_per_hour": 1_000_000,
            "input_schema": {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "number"}, "b": {"type": "number"}}},
            "script_content": "def main(a: float, b: float):\n    return a + b\n"
        });
        self.tool(&client(), token, &tool).await
    }

    /// As many tools as a large organization has, of different kinds, names and widths.
    pub async fn many_tools(&self, token: &str, number: usize) {
        const VERBS: [&str; 5] = ["Load", "Send", "Find", "Make", "Check"];
        const THINGS: [&str; 7] = ["invoice", "customer", "report", "weather", "order", "shipment", "ticket"];
        let client = client();
        let next = std::sync::atomic::AtomicUsize::new(0);
        let work = || async {
            loop {
                let i = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if i >= number {
                    return;
                }
                let (verb, thing) = (VERBS[i % 5], THINGS[i % 7]);
                let mut tool = json!({
                    "name": format!("{}_{thing}_{i}", verb.to_lowercase()), "display_name": format!("{verb} {thing} {i}"),
                    "description": format!("Does the work number {i} for the department {}. {}", i % 37, "More words about it. ".repeat(8)),
                    "status": if i.is_multiple_of(4) { "draft" } else { "active" }, "visibility": if i.is_multiple_of(3) { "private" } else { "public" },
                    "tags": [format!("tag{}", i % 20), format!("area{}", i % 7)],
                    "input_schema": {"type": "object", "properties": {"a": {"type": "string", "description": "x".repeat(200)}}}
                });
                let own = if i.is_multiple_of(2) {
                    json!({"kind": "python", "script_content": "def main(a: str = ''):\n    return a\n"})
                } else {
                    json!({"kind": "api_request", "api_spec": {"method": "GET", "base_url": "https://api.example.com", "path": "/x",
                        "auth_type": "none", "query_params": {"a": "{{a}}"}}})
                };
                tool.as_object_mut().expect("an object").extend(own.as_object().expect("an object").clone());
                self.tool(&client, token, &tool).await;
            }
        };
        tokio::join!(work(), work(), work(), work(), work(), work(), work(), work());
    }

    /// What the product answers.
    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Value {
        let answer = client().post(self.url(path)).bearer_auth(token).json(body).send().await.expect("an answer");
        let status = answer.status();
        let said: Value = answer.json().await.expect("JSON");
        assert!(status.is_success(), "{path}: {status} {said}");
        said
    }

    /// In its database, past all rules: to count, and to prepare more than can be made through the doors.
    pub fn sql(&self, statements: &str) -> String {
        let programs = std::env::var("TOOLCRIB_POSTGRES_BIN").expect("TOOLCRIB_POSTGRES_BIN");
        let done = Command::new(Path::new(&programs).join("psql"))
            .args(["-X", "-q", "-A", "-t", "-1", "-v", "ON_ERROR_STOP=1", "-U", "toolcrib_owner", "-d", "toolcrib", "-c", statements])
            .arg("-h")
            .arg(self.data().join("postgres/socket"))
            .output()
            .expect("psql");
        assert!(done.status.success(), "{statements}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Processor time used so far, of the server and of its PostgreSQL with all connections.
    pub fn processor_time(&self) -> (Duration, Duration) {
        let server = self.child.as_ref().map(Child::id).unwrap_or_default();
        let postmaster = std::fs::read_to_string(self.data().join("postgres/data/postmaster.pid")).unwrap_or_default();
        let postmaster: u32 = postmaster.lines().next().and_then(|pid| pid.trim().parse().ok()).unwrap_or_default();
        let mut times = (Duration::ZERO, Duration::ZERO);
        for process in std::fs::read_dir("/proc").expect("/proc").flatten() {
            let Some(pid) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            let Ok(stat) = std::fs::read_to_string(process.path().join("stat")) else { continue };
            // After the name, which may hold anything: state, parent, … and at 11 and 12 the ticks of user and system.
            let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
            let number = |place: usize| fields.get(place).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
            let time = Duration::from_millis((number(11) + number(12)) * 10);
            if pid == server {
                times.0 += time;
            } else if pid == postmaster || number(1) == u64::from(postmaster) {
                times.1 += time;
            }
        }
        times
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        self.stop();
    }
}

fn client() -> Client {
    Client::builder().redirect(redirect::Policy::none()).no_proxy().build().expect("a client")
}
