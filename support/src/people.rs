//! People to act as. They are arranged by the owner's connection, so that a test pays for no password hashing and needs no use case but the one it is about.

use crate::TestSystem;
use toolcrib::{
    access::{Role, Scope},
    actor::{Actor, Source},
    ids::{AgentId, OrganizationId, TokenId, UserId, UserSessionId},
    organizations::Organization,
    random,
};

impl TestSystem {
    /// An organization and its owner, `owner@<slug>.example`.
    pub async fn organization(&self, slug: &str) -> (Organization, Actor) {
        let organization = Organization { id: OrganizationId::new(), slug: slug.to_owned(), name: format!("{slug} Ltd") };
        sqlx::query("insert into organizations (id, slug, name) values ($1, $2, $3)")
            .bind(organization.id)
            .bind(&organization.slug)
            .bind(&organization.name)
            .execute(self.owner())
            .await
            .expect("an organization with a slug of its own");
        let owner = self.member_called(&organization, Role::Owner, "owner").await;
        (organization, owner)
    }

    /// One more person, with this role. Call it as often as people are needed.
    pub async fn member(&self, organization: &Organization, role: Role) -> Actor {
        let name = format!("{}_{}", role.as_str(), &UserId::new().0.simple().to_string()[20..]);
        self.member_called(organization, role, &name).await
    }

    async fn member_called(&self, organization: &Organization, role: Role, name: &str) -> Actor {
        let user_id = UserId::new();
        // No password fits this hash: whoever needs to sign in by password signs up by the use case.
        sqlx::query("insert into users (id, email, name, password_hash) values ($1, $2, $3, '!')")
            .bind(user_id)
            .bind(format!("{name}@{}.example", organization.slug))
            .bind(name)
            .execute(self.owner())
            .await
            .expect("a user");
        self.joins(organization, user_id, name, role).await
    }

    /// A person who exists joins another organization.
    pub async fn joins(&self, organization: &Organization, user_id: UserId, name: &str, role: Role) -> Actor {
        sqlx::query("insert into memberships (organization_id, user_id, role) values ($1, $2, $3)")
            .bind(organization.id)
            .bind(user_id)
            .bind(role.as_str())
            .execute(self.owner())
            .await
            .expect("a membership");
        Actor {
            organization_id: organization.id,
            user_id,
            user_name: name.to_owned(),
            role,
            agent_id: None,
            scopes: None,
            source: Source::Page,
            address: None,
        }
    }

    /// The value of a session cookie (`app::context::SESSION_COOKIE`) for this person.
    pub async fn session(&self, actor: &Actor) -> String {
        let secret = random::secret("");
        sqlx::query(
            "insert into user_sessions (id, user_id, token_hash, created_at, last_seen_at, expires_at) values ($1, $2, $3, $4, $4, $5)",
        )
        .bind(UserSessionId::new())
        .bind(actor.user_id)
        .bind(random::hash(&secret))
        .bind(self.now())
        .bind(self.now() + chrono::Duration::days(30))
        .execute(self.owner())
        .await
        .expect("a session");
        secret
    }

    /// An API token `tc_…` that acts as this person.
    pub async fn token(&self, actor: &Actor, scopes: &[Scope]) -> String {
        self.token_for(actor, None, scopes).await
    }

    /// An API token that acts as this agent.
    pub async fn agent_token(&self, maker: &Actor, agent: AgentId, scopes: &[Scope]) -> String {
        self.token_for(maker, Some(agent), scopes).await
    }

    async fn token_for(&self, actor: &Actor, agent: Option<AgentId>, scopes: &[Scope]) -> String {
        let secret = random::secret("tc_");
        let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        sqlx::query(
            "insert into api_tokens (id, organization_id, name, token_hash, hint, user_id, agent_id, scopes, created_at) values ($1, $2, 'test', $3, $4, $5, $6, $7, $8)",
        )
        .bind(TokenId::new())
        .bind(actor.organization_id)
        .bind(random::hash(&secret))
        .bind(&secret[..7])
        .bind(actor.user_id)
        .bind(agent)
        .bind(scopes)
        .bind(self.now())
        .execute(self.owner())
        .await
        .expect("a token");
        secret
    }
}
