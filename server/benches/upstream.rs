//! The service that the measured tool calls: a small server on a thread of its own that answers with JSON.

use axum::{Json, Router, extract::Query, routing::get};
use serde_json::{Value, json};
use std::{collections::HashMap, net::SocketAddr};

pub fn start() -> SocketAddr {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            send.send(listener.local_addr().expect("an address")).expect("the bench waits");
            axum::serve(listener, Router::new().route("/weather", get(weather))).await.expect("serve");
        });
    });
    receive.recv().expect("the upstream started")
}

async fn weather(Query(asked): Query<HashMap<String, String>>) -> Json<Value> {
    Json(json!({
        "city": asked.get("city"), "temperature": 21.5, "unit": "celsius", "conditions": ["sunny", "light wind"],
        "forecast": [{"day": "Monday", "high": 24, "low": 14}, {"day": "Tuesday", "high": 22, "low": 13}, {"day": "Wednesday", "high": 19, "low": 12}],
        "source": "station 4711"
    }))
}
