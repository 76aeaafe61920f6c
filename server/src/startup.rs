//! From a configuration to a server that listens, and back down in order: answer what was asked, let go of runs, close connections,
//! stop the embedded database.

use crate::{
    app_router::{ServerState, app_router},
    cli::demo,
    embedded_postgres::EmbeddedPostgres,
};
use leptos::config::{Env, LeptosOptions};
use sqlx::postgres::PgConnectOptions;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use toolcrib::{clock::Clock, config::Config, db, system::System};

/// How long open requests may take to end after a signal.
const LET_END: Duration = Duration::from_secs(10);
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A database that answers; embedded or somebody's own.
struct Database {
    owner: PgConnectOptions,
    embedded: Option<EmbeddedPostgres>,
}

impl Database {
    async fn open(config: &Config) -> Result<Self, String> {
        if let Some(url) = &config.database_url {
            let owner = PgConnectOptions::from_str(url).map_err(|error| format!("DATABASE_URL is no address of a PostgreSQL: {error}"))?;
            return Ok(Self { owner, embedded: None });
        }
        let embedded = EmbeddedPostgres::start(&config.data_dir, config.postgres_bin.as_deref()).await?;
        tracing::info!(process = embedded.process(), data = %embedded.data().display(), "PostgreSQL runs");
        Ok(Self { owner: embedded.options(), embedded: Some(embedded) })
    }

    async fn migrate(&self) -> Result<(), String> {
        db::migrate(&self.owner).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error) | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
                format!("the database could not be reached or migrated: {error}")
            }
            error => format!("the database could not be migrated: {error}"),
        })
    }

    async fn close(self) {
        if let Some(embedded) = self.embedded {
            match embedded.stop().await {
                Ok(()) => tracing::info!("PostgreSQL stopped"),
                Err(why) => tracing::error!("{why}"),
            }
        }
    }
}

/// `toolcrib migrate`.
pub async fn migrate(config: Config) -> Result<(), String> {
    let database = Database::open(&config).await?;
    let result = database.migrate().await;
    database.close().await;
    result?;
    println!("The database has the newest schema.");
    Ok(())
}

/// `toolcrib serve` and `toolcrib demo`: comes back after SIGTERM or SIGINT.
pub async fn serve(config: Config, with_demo: bool) -> Result<(), String> {
    let stop = stop_signal()?;
    // Before the database: a port that is taken is the commonest reason not to start.
    let listener = TcpListener::bind(config.addr).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("{} is in use by another program. Stop it, or choose another address: TOOLCRIB_ADDR=127.0.0.1:3001", config.addr)
        }
        _ => format!("cannot listen on {}: {error}", config.addr),
    })?;
    let database = Database::open(&config).await?;
    let result = serve_with(config, &database, listener, stop, with_demo).await;
    database.close().await;
    result
}

async fn serve_with(
    config: Config,
    database: &Database,
    listener: TcpListener,
    mut stop: watch::Receiver<bool>,
    with_demo: bool,
) -> Result<(), String> {
    database.migrate().await?;
    let system = open_system(config, database).await?;
    let address = listener.local_addr().map_err(|error| format!("no address: {error}"))?;
    let leptos_options = leptos_options(address);
    if !Path::new(&*leptos_options.site_root).join("pkg").is_dir() {
        tracing::warn!("there are no files for browsers in {}; build them by `cargo leptos build`", leptos_options.site_root);
    }
    let router = app_router(ServerState { system: system.clone(), leptos_options });
    let background = [
        tokio::spawn(keep_partitions(system.clone())),
        tokio::spawn({
            let system = system.clone();
            async move { system.runner.clone().serve(system).await }
        }),
    ];
    let mut stopping = stop.clone();
    let serving = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(async move {
        stopping.wait_for(|stop| *stop).await.ok();
    });
    let mut serving = tokio::spawn(async move { serving.await });
    let shown = system.config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    println!("Toolcrib is ready: {shown}");
    if with_demo {
        show_demo(&system, address, &shown).await;
    }
    let outcome = tokio::select! {
        outcome = &mut serving => outcome.ok(),
        _ = stop.wait_for(|stop| *stop) => {
            tracing::info!("stopping");
            tokio::time::timeout(LET_END, &mut serving).await.ok().and_then(Result::ok)
        }
    };
    serving.abort();
    for task in background {
        task.abort();
    }
    system.runner.shut_down(&system).await;
    tokio::time::timeout(Duration::from_secs(5), system.pool.close()).await.ok();
    match outcome {
        Some(Err(error)) => Err(format!("the server ended: {error}")),
        _ => Ok(()),
    }
}

async fn open_system(config: Config, database: &Database) -> Result<System, String> {
    let own_login = match &config.database_app_url {
        Some(url) => Some(
            PgConnectOptions::from_str(url).map_err(|error| format!("TOOLCRIB_DATABASE_APP_URL is no address of a PostgreSQL: {error}"))?,
        ),
        None => None,
    };
    let pool = db::application_pool(database.owner.clone(), own_login, config.database_connections).await.map_err(|error| {
        format!("cannot work as the role “{}”: {error}. The owner of the database must be granted it", db::APPLICATION_ROLE)
    })?;
    if let Some(why) = db::why_unfit(&pool).await.map_err(|error| format!("the database does not answer: {error}"))? {
        return Err(why);
    }
    Ok(System::new(pool, Clock::system(), config))
}

/// The months ahead have their partitions before they begin.
async fn keep_partitions(system: System) {
    loop {
        match sqlx::query_scalar::<_, i32>("select ensure_execution_partitions()").fetch_one(&system.pool).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "made partitions for executions"),
            Err(error) => tracing::error!(%error, "could not make partitions for executions"),
        }
        tokio::time::sleep(A_DAY).await;
    }
}

async fn show_demo(system: &System, address: SocketAddr, url: &str) {
    match demo::fill(system, address).await {
        Ok(Some(sign_in)) => {
            println!("The demo is ready: {url}/{}\n  e-mail:   {}\n  password: {}", sign_in.slug, sign_in.email, sign_in.password);
        }
        Ok(None) => println!("This database is set up already; the demo was left as it is."),
        Err(error) => tracing::error!(?error, "the demo could not be made"),
    }
}

/// From cargo-leptos where it started us, else what lies beside the program.
fn leptos_options(address: SocketAddr) -> LeptosOptions {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let beside =
        std::env::current_exe().ok().and_then(|program| Some(program.parent()?.parent()?.join("site"))).filter(|site| site.is_dir());
    let site_root = variable("LEPTOS_SITE_ROOT").map(PathBuf::from).or(beside).unwrap_or_else(|| PathBuf::from("target/site"));
    LeptosOptions::builder()
        .output_name(variable("LEPTOS_OUTPUT_NAME").unwrap_or_else(|| "toolcrib".to_owned()))
        .site_root(site_root.to_string_lossy().into_owned())
        .site_addr(address)
        .env(if variable("LEPTOS_WATCH").is_some() { Env::DEV } else { Env::PROD })
        .reload_port(variable("LEPTOS_RELOAD_PORT").and_then(|port| port.parse().ok()).unwrap_or(3001))
        .build()
}

/// Turns true at SIGTERM or SIGINT. A second one ends the process at once; the next start takes over what it leaves.
fn stop_signal() -> Result<watch::Receiver<bool>, String> {
    let failed = |error: std::io::Error| format!("cannot wait for signals: {error}");
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate()).map_err(failed)?, signal(SignalKind::interrupt()).map_err(failed)?);
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        let mut count = 0;
        loop {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            count += 1;
            if count > 1 {
                std::process::exit(130);
            }
            stop.send_replace(true);
        }
    });
    Ok(stopped)
}
