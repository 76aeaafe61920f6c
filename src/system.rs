//! What every use case needs: the database behind its wall, the clock, the configuration, the executors' means.

use crate::{
    actor::Actor,
    clock::Clock,
    config::Config,
    db::TenantTx,
    error::Result,
    executions::Ledger,
    executors::{api_request::TokenCache, egress::Connections, sandbox::Sandbox},
    ids::{OrganizationId, UserId},
    keys::MasterKeys,
    lines::Lines,
    mcp::client::Pool,
    tokens::AskedTokens,
    tools::AskedTools,
    workflows::{runner::Runner, together::Hub},
};
use sqlx::PgPool;
use std::sync::Arc;

#[derive(Clone)]
pub struct System {
    pub pool: PgPool,
    /// For statements that every call makes.
    pub lines: Lines,
    pub clock: Clock,
    pub config: Arc<Config>,
    /// What the organizations' data keys are wrapped with.
    pub masters: Arc<MasterKeys>,
    /// Access tokens that are good for a while.
    pub tokens: Arc<TokenCache>,
    /// Drives workflow runs in the background.
    pub runner: Runner,
    /// Open connections to MCP servers.
    pub mcp: Pool,
    /// Where scripts run.
    pub sandbox: Sandbox,
    /// Writes down calls that come together, together.
    pub ledger: Ledger,
    /// Answers what several ask at the same moment once.
    pub asked_tools: AskedTools,
    pub asked_tokens: AskedTokens,
    /// Connections to the services that tools call, kept for the next call.
    pub connections: Connections,
    /// Who has which draft open, at this server and at the others.
    pub together: Hub,
}

impl System {
    #[must_use]
    pub fn new(pool: PgPool, clock: Clock, config: Config, masters: MasterKeys) -> Self {
        let sandbox = Sandbox::new(config.sandbox_concurrency);
        Self {
            lines: Lines::beside(&pool),
            pool,
            clock,
            config: Arc::new(config),
            masters: Arc::new(masters),
            tokens: Arc::default(),
            runner: Runner::default(),
            sandbox,
            mcp: Pool::default(),
            ledger: Ledger::default(),
            asked_tools: AskedTools::default(),
            asked_tokens: AskedTokens::default(),
            connections: Connections::default(),
            together: Hub::default(),
        }
    }

    /// A transaction inside the actor's organization. Nothing of another organization can be seen or written in it.
    pub async fn tenant(&self, actor: &Actor) -> Result<TenantTx> {
        TenantTx::begin(&self.pool, Some(actor.organization_id), Some(actor.user_id)).await
    }

    /// The same for work that no person asked for (a run that goes on after a restart).
    pub async fn tenant_of(&self, organization_id: OrganizationId) -> Result<TenantTx> {
        TenantTx::begin(&self.pool, Some(organization_id), None).await
    }

    /// A transaction that sees only what the person is a member of: used before an organization is chosen.
    pub async fn person(&self, user_id: UserId) -> Result<TenantTx> {
        TenantTx::begin(&self.pool, None, Some(user_id)).await
    }
}
