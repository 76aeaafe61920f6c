//! The real router on a loopback port, and a client that behaves like a browser.

use crate::TestSystem;
use leptos::config::LeptosOptions;
use reqwest::{Client, Method, RequestBuilder, header, redirect};
use server::app_router::{ServerState, app_router};
use std::net::SocketAddr;
use toolcrib::{access::Scope, actor::Actor};

/// Stops with the value.
pub struct TestServer {
    pub address: SocketAddr,
    /// Follows no redirect, keeps cookies, belongs to nobody.
    pub client: Client,
    task: tokio::task::JoinHandle<()>,
}

impl TestSystem {
    pub async fn server(&self) -> TestServer {
        use_tls();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let leptos_options = LeptosOptions::builder()
            .output_name("toolcrib")
            .site_root(self.data_dir().join("site").to_string_lossy().into_owned())
            .site_addr(address)
            .build();
        let router = app_router(ServerState { system: self.system().clone(), leptos_options });
        let task = tokio::spawn(async move {
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, service).await.expect("serve");
        });
        TestServer { address, client: client(header::HeaderMap::new()), task }
    }

    /// A browser in which this person is signed in. Sends the `Origin` that a browser would.
    pub async fn browser(&self, server: &TestServer, actor: &Actor) -> Client {
        let cookie = format!("{}={}", app::context::SESSION_COOKIE, self.session(actor).await);
        let mut headers = header::HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        headers.insert(header::ORIGIN, server.origin().parse().unwrap());
        headers.insert(header::ACCEPT, "text/html,application/xhtml+xml".parse().unwrap());
        client(headers)
    }

    /// A program that calls REST with a token of this person.
    pub async fn program(&self, actor: &Actor, scopes: &[Scope]) -> Client {
        let mut headers = header::HeaderMap::new();
        headers.insert(header::AUTHORIZATION, format!("Bearer {}", self.token(actor, scopes).await).parse().unwrap());
        client(headers)
    }
}

/// What HTTP clients need once in a process.
pub fn use_tls() {
    rustls::crypto::ring::default_provider().install_default().ok();
}

fn client(headers: header::HeaderMap) -> Client {
    Client::builder().cookie_store(true).redirect(redirect::Policy::none()).default_headers(headers).no_proxy().build().expect("a client")
}

impl TestServer {
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// By nobody in particular.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
