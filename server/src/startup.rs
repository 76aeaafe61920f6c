//! From configuration to a server that answers: database, migrations, role check, background work, routes, and the way back.

use crate::{
    app_router::{ServerState, app_router},
    cli::demo,
    embedded_postgres::{self, EmbeddedPostgres},
    restate::Restate,
};
use leptos::config::LeptosOptions;
use sqlx::postgres::PgConnectOptions;
use std::{
    future::Future,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::net::TcpListener;
use toolcrib::{
    builtins,
    clock::Clock,
    config::Config,
    db, executions,
    keys::{
        MasterKeys,
        master::{self, Origin},
    },
    system::System,
    workflows::runner::Runner,
};

/// How long open requests may take to end once the server is told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// The database and how to sign in to it.
pub struct Database {
    embedded: Option<EmbeddedPostgres>,
    owner: PgConnectOptions,
    application: Option<PgConnectOptions>,
}

impl Database {
    /// The one that `DATABASE_URL` names, else the embedded one.
    pub async fn open(config: &Config) -> Result<Self, String> {
        let parse =
            |name: &str, url: &str| url.parse::<PgConnectOptions>().map_err(|error| format!("{name} is not a PostgreSQL address: {error}"));
        let application = config.database_app_url.as_deref().map(|url| parse("TOOLCRIB_DATABASE_APP_URL", url)).transpose()?;
        if let Some(url) = &config.database_url {
            return Ok(Self { embedded: None, owner: parse("DATABASE_URL", url)?, application });
        }
        let programs = embedded_postgres::programs(|name| std::env::var(name).ok());
        let data_dir = config.data_dir.clone();
        let embedded = tokio::task::spawn_blocking(move || EmbeddedPostgres::start(&data_dir, &programs))
            .await
            .map_err(|error| error.to_string())??;
        tracing::info!(adopted = embedded.adopted, "embedded PostgreSQL is ready");
        let (owner, application) = (embedded.options(embedded_postgres::OWNER), Some(embedded.options(db::APPLICATION_ROLE)));
        Ok(Self { embedded: Some(embedded), owner, application })
    }

    /// Brings the schema up to date, as the owner.
    pub async fn migrate(&self) -> Result<(), String> {
        db::migrate(&self.owner).await.map_err(|error| format!("the database could not be migrated: {error}"))?;
        builtins::install::install(&self.owner).await.map_err(|error| format!("the platform tools could not be written: {error}"))?;
        if self.embedded.is_some() {
            // The socket's folder is private: whoever gets there may sign in as this role.
            let sign_in = async {
                let mut owner = sqlx::postgres::PgConnection::connect_with(&self.owner).await?;
                sqlx::query("alter role toolcrib_app login").execute(&mut owner).await?;
                owner.close().await
            };
            sign_in.await.map_err(|error: sqlx::Error| format!("the application's role could not be prepared: {error}"))?;
        }
        Ok(())
    }

    /// The same beside a server that runs: its embedded one is joined, and neither migrated nor stopped.
    pub async fn beside(config: &Config) -> Result<Self, String> {
        let joined = if config.database_url.is_none() { EmbeddedPostgres::join(&config.data_dir)? } else { None };
        if let Some(options) = joined {
            let (owner, application) = (options(embedded_postgres::OWNER), Some(options(db::APPLICATION_ROLE)));
            return Ok(Self { embedded: None, owner, application });
        }
        let database = Self::open(config).await?;
        if database.embedded.is_some() {
            database.migrate().await?;
        }
        Ok(database)
    }

    /// Connections as the application's role, which the wall must hold.
    pub async fn application_pool(&self, config: &Config) -> Result<sqlx::PgPool, String> {
        let pool = db::application_pool(self.owner.clone(), self.application.clone(), config.database_connections)
            .await
            .map_err(|error| format!("the application's role cannot sign in to the database: {error}"))?;
        match db::why_unfit(&pool).await.map_err(|error| error.to_string())? {
            Some(why) => Err(format!("refusing to start: {why}. Set TOOLCRIB_DATABASE_APP_URL to a role without these rights.")),
            None => Ok(pool),
        }
    }

    /// One connection as the owner.
    pub async fn connect(&self) -> Result<sqlx::PgConnection, String> {
        sqlx::PgConnection::connect_with(&self.owner).await.map_err(|error| format!("the database cannot be reached: {error}"))
    }

    /// Use cases on this database, for a command that serves nothing.
    pub async fn system(&self, config: Config) -> Result<System, String> {
        let masters = master_keys(&config)?;
        let pool = db::application_pool(self.owner.clone(), self.application.clone(), 4)
            .await
            .map_err(|error| format!("the application's role cannot sign in to the database: {error}"))?;
        if let Some(why) = db::why_unfit(&pool).await.map_err(|error| error.to_string())? {
            return Err(format!("refusing to work: {why}. Set TOOLCRIB_DATABASE_APP_URL to a role without these rights."));
        }
        Ok(System::new(pool, Clock::system(), config, masters))
    }

    /// Stops the embedded one; nothing to do for another.
    pub async fn close(self) -> Result<(), String> {
        let Some(embedded) = self.embedded else { return Ok(()) };
        tokio::task::spawn_blocking(move || embedded.stop()).await.map_err(|error| error.to_string())?
    }
}

use sqlx::Connection;

/// Serves until `stop` comes. With `with_demo` an empty database is filled first. The error is one line for the person who started the server.
pub async fn serve(mut config: Config, with_demo: bool, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), String> {
    // First of all, so that a second server on the port does no harm to the first one's database.
    let listener = TcpListener::bind(config.addr).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => format!("{} is in use. Stop what runs there, or set TOOLCRIB_ADDR=127.0.0.1:3010.", config.addr),
        _ => format!("cannot listen on {}: {error}", config.addr),
    })?;
    config.addr = listener.local_addr().map_err(|error| error.to_string())?;
    if with_demo {
        config.allow_private_hosts.push(config.addr.to_string());
    }
    let masters = master_keys(&config)?;
    let database = Database::open(&config).await?;
    let served = serve_on(listener, config, masters, &database, with_demo, stop).await;
    let closed = database.close().await;
    served.and(closed)
}

async fn serve_on(
    listener: TcpListener,
    config: Config,
    masters: MasterKeys,
    database: &Database,
    with_demo: bool,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), String> {
    let restate = match &config.restate {
        Some(config) => Some(Restate::open(config).await?),
        None => None,
    };
    database.migrate().await?;
    let pool = database.application_pool(&config).await?;
    if let Some(why) = master::why_unfit(&pool, &masters).await.map_err(|error| error.to_string())? {
        return Err(why);
    }
    let addr = config.addr;
    let url = config.public_url.clone().unwrap_or_else(|| format!("http://{addr}"));
    let mut system = System::new(pool, Clock::system(), config, masters);
    if let Some(restate) = restate {
        system.runner = Runner::dispatched(Arc::new(restate));
    }
    executions::left_behind::sign(&system).await.map_err(|error| format!("the server could not sign on: {error}"))?;
    let background = [
        tokio::spawn(keep_partitions(system.clone())),
        tokio::spawn(executions::left_behind::serve(system.clone())),
        tokio::spawn(toolcrib::mcp::watch::serve(system.clone())),
        tokio::spawn({
            let system = system.clone();
            async move { system.runner.clone().serve(system).await }
        }),
        tokio::spawn(toolcrib::workflows::triggers::due::serve(system.clone())),
    ];

    let leptos_options = leptos_options(addr);
    if let Some(missing) = missing_site_file(Path::new(&*leptos_options.site_root)) {
        tracing::warn!(
            "{} is missing: pages will have no style and no script. Build the site (`make run` does), or set LEPTOS_SITE_ROOT.",
            missing.display()
        );
    }
    let router = app_router(ServerState { system: system.clone(), leptos_options });
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        stop.await;
        let _ = stopping.send(true);
    });
    let mut told = stopped.clone();
    let server = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(async move {
        let _ = told.wait_for(|stop| *stop).await;
    });
    let server = tokio::spawn(server.into_future());
    println!("Toolcrib is ready on {url}");
    if with_demo {
        greet(demo::fill(&system, addr).await.map_err(|error| format!("the demo could not be made: {}", error.told()))?, &url);
    }

    let _ = stopped.wait_for(|stop| *stop).await;
    println!("Stopping …");
    system.runner.close();
    if tokio::time::timeout(LAST_REQUESTS, server).await.is_err() {
        tracing::warn!("some requests were still open and are cut off");
    }
    for task in background {
        task.abort();
    }
    system.runner.shut_down(&system).await;
    if let Err(error) = executions::left_behind::sign_off(&system).await {
        tracing::warn!(%error, "could not sign off");
    }
    let _ = tokio::time::timeout(Duration::from_secs(5), system.pool.close()).await;
    Ok(())
}

/// The master key; where it was made just now, that is said: who loses the file loses the keys.
pub fn master_keys(config: &Config) -> Result<MasterKeys, String> {
    let (masters, origin) = MasterKeys::load(config, |name| std::env::var(name).ok())?;
    match origin {
        Origin::Made(path) => {
            println!("Made the master key that encrypts keys: {}. Only its owner can read it; keep a copy somewhere safe.", path.display());
        }
        Origin::File(path) => tracing::info!(id = masters.ids().0, "the master key lies in {}", path.display()),
        Origin::Environment => tracing::info!(id = masters.ids().0, "the master key comes from the environment"),
    }
    Ok(masters)
}

fn greet(made: Option<demo::SignIn>, url: &str) {
    match made {
        Some(demo::SignIn { email, password, slug }) => {
            println!("\nThe demo is at {url}/{slug}\n  e-mail    {email}\n  password  {password}\n")
        }
        None => println!("This data folder was set up before: the demo is what you left in it."),
    }
}

/// The months ahead always have a partition.
async fn keep_partitions(system: System) {
    loop {
        if let Err(error) = sqlx::query("select ensure_execution_partitions(3)").execute(&system.pool).await {
            tracing::warn!(%error, "the partitions of the months ahead could not be made");
        }
        tokio::time::sleep(Duration::from_secs(24 * 3600)).await;
    }
}

/// cargo-leptos sets `LEPTOS_SITE_ROOT`; without it the site lies in `site` beside the binary, or where a build puts it.
fn leptos_options(addr: SocketAddr) -> LeptosOptions {
    let beside = std::env::current_exe().ok().and_then(|path| Some(path.parent()?.join("site"))).filter(|path| path.is_dir());
    let root = std::env::var("LEPTOS_SITE_ROOT")
        .unwrap_or_else(|_| beside.map_or_else(|| "target/site".to_owned(), |path| path.to_string_lossy().into_owned()));
    let env = if std::env::var("LEPTOS_WATCH").is_ok() { leptos::config::Env::DEV } else { leptos::config::Env::PROD };
    let reload_port = std::env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3001);
    LeptosOptions::builder().output_name("toolcrib").site_root(root).site_addr(addr).reload_port(reload_port).env(env).build()
}

/// A file that every page asks for and that is not there: pages work without it, but look broken.
fn missing_site_file(site_root: &Path) -> Option<PathBuf> {
    ["pkg/toolcrib.js", "pkg/toolcrib.wasm", "pkg/toolcrib.css"].into_iter().map(|file| site_root.join(file)).find(|file| !file.is_file())
}
