//! All SQL of organizations, memberships and invitations.

use super::{Belonging, Invitation, Member, Organization};
use crate::{
    access::Role,
    error::{Error, Result},
    ids::{InvitationId, OrganizationId, UserId},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

pub async fn insert_organization(db: &mut PgConnection, organization: &Organization, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into organizations (id, slug, name, created_at, updated_at) values ($1, $2, $3, $4, $4)",
        organization.id.0,
        organization.slug,
        organization.name,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The organization of the transaction. Locked, so that changes of its owners happen one after the other.
pub async fn lock_organization(db: &mut PgConnection, id: OrganizationId) -> Result<Option<Organization>> {
    let row = sqlx::query!("select id, slug, name from organizations where id = $1 for update", id.0).fetch_optional(db).await?;
    Ok(row.map(|row| Organization { id: OrganizationId(row.id), slug: row.slug, name: row.name }))
}

pub async fn rename_organization(db: &mut PgConnection, id: OrganizationId, name: &str) -> Result<()> {
    sqlx::query!("update organizations set name = $2 where id = $1", id.0, name).execute(db).await?;
    Ok(())
}

pub async fn delete_organization(db: &mut PgConnection, id: OrganizationId) -> Result<()> {
    sqlx::query!("delete from organizations where id = $1", id.0).execute(db).await?;
    Ok(())
}

pub async fn belongings(db: &mut PgConnection, user: UserId) -> Result<Vec<Belonging>> {
    let rows = sqlx::query!(
        "select o.id, o.slug, o.name, m.role from organizations o join memberships m on m.organization_id = o.id
         where m.user_id = $1 order by lower(o.name), o.id",
        user.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Belonging {
                organization: Organization { id: OrganizationId(row.id), slug: row.slug, name: row.name },
                role: role_of(&row.role)?,
            })
        })
        .collect()
}

pub async fn insert_membership(
    db: &mut PgConnection,
    organization: OrganizationId,
    user: UserId,
    role: Role,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into memberships (organization_id, user_id, role, created_at) values ($1, $2, $3, $4)",
        organization.0,
        user.0,
        role.as_str(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn members(db: &mut PgConnection, organization: OrganizationId) -> Result<Vec<Member>> {
    let rows = sqlx::query!(
        "select u.id, u.name, u.email, m.role, m.created_at from memberships m join users u on u.id = m.user_id
         where m.organization_id = $1 order by array_position(array['owner', 'admin', 'builder', 'analyst', 'member'], m.role), lower(u.name), u.id",
        organization.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Member { user_id: UserId(row.id), name: row.name, email: row.email, role: role_of(&row.role)?, created_at: row.created_at })
        })
        .collect()
}

pub async fn member(db: &mut PgConnection, organization: OrganizationId, user: UserId) -> Result<Option<Member>> {
    let row = sqlx::query!(
        "select u.id, u.name, u.email, m.role, m.created_at from memberships m join users u on u.id = m.user_id
         where m.organization_id = $1 and m.user_id = $2",
        organization.0,
        user.0
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(Member { user_id: UserId(row.id), name: row.name, email: row.email, role: role_of(&row.role)?, created_at: row.created_at })
    })
    .transpose()
}

pub async fn count_owners(db: &mut PgConnection, organization: OrganizationId) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select count(*) as "count!" from memberships where organization_id = $1 and role = 'owner'"#, organization.0)
        .fetch_one(db)
        .await?)
}

pub async fn set_role(db: &mut PgConnection, organization: OrganizationId, user: UserId, role: Role) -> Result<()> {
    sqlx::query!("update memberships set role = $3 where organization_id = $1 and user_id = $2", organization.0, user.0, role.as_str())
        .execute(db)
        .await?;
    Ok(())
}

pub async fn delete_membership(db: &mut PgConnection, organization: OrganizationId, user: UserId) -> Result<()> {
    sqlx::query!("delete from memberships where organization_id = $1 and user_id = $2", organization.0, user.0).execute(db).await?;
    Ok(())
}

/// An invitation to be stored.
#[derive(Debug)]
pub struct InvitationRow<'a> {
    pub id: InvitationId,
    pub organization: OrganizationId,
    pub token_hash: Vec<u8>,
    pub email: Option<&'a str>,
    pub role: Role,
    pub invited_by: UserId,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

pub async fn insert_invitation(db: &mut PgConnection, row: InvitationRow<'_>) -> Result<()> {
    sqlx::query!(
        "insert into invitations (id, organization_id, token_hash, email, role, invited_by, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        row.id.0,
        row.organization.0,
        row.token_hash,
        row.email,
        row.role.as_str(),
        row.invited_by.0,
        row.created_at,
        row.expires_at
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn open_invitations(db: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<Invitation>> {
    let rows = sqlx::query!(
        r#"select i.id, i.email, i.role, u.name as "invited_by?", i.created_at, i.expires_at from invitations i left join users u on u.id = i.invited_by
           where i.accepted_at is null and i.expires_at > $1 order by i.created_at desc, i.id desc"#,
        now
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Invitation {
                id: InvitationId(row.id),
                email: row.email,
                role: role_of(&row.role)?,
                invited_by: row.invited_by,
                created_at: row.created_at,
                expires_at: row.expires_at,
            })
        })
        .collect()
}

/// Takes an open invitation back: its e-mail address and role, or `None` where none is open.
pub async fn delete_open_invitation(db: &mut PgConnection, id: InvitationId) -> Result<Option<(Option<String>, Role)>> {
    let row = sqlx::query!("delete from invitations where id = $1 and accepted_at is null returning email, role", id.0)
        .fetch_optional(db)
        .await?;
    row.map(|row| Ok((row.email, role_of(&row.role)?))).transpose()
}

/// What is found by the link, whatever became of it.
#[derive(Debug)]
pub struct FoundInvitation {
    pub id: InvitationId,
    pub organization: Organization,
    pub email: Option<String>,
    pub role: Role,
    pub expires_at: DateTime<Utc>,
    pub accepted: bool,
}

pub async fn find_invitation(db: &mut PgConnection, token_hash: &[u8]) -> Result<Option<FoundInvitation>> {
    let row = sqlx::query!(
        r#"select id as "id!", organization_id as "organization_id!", organization_name as "organization_name!", organization_slug as "organization_slug!",
                  email, role as "role!", expires_at as "expires_at!", accepted_at from find_invitation($1)"#,
        token_hash
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(FoundInvitation {
            id: InvitationId(row.id),
            organization: Organization {
                id: OrganizationId(row.organization_id),
                slug: row.organization_slug,
                name: row.organization_name,
            },
            email: row.email,
            role: role_of(&row.role)?,
            expires_at: row.expires_at,
            accepted: row.accepted_at.is_some(),
        })
    })
    .transpose()
}

/// Marks it as used; `false` when somebody was faster, or it was taken back or ran out meanwhile.
pub async fn accept_invitation(db: &mut PgConnection, id: InvitationId, by: UserId, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        "update invitations set accepted_at = $2, accepted_by = $3 where id = $1 and accepted_at is null and expires_at > $2",
        id.0,
        now,
        by.0
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn role_of(text: &str) -> Result<Role> {
    Role::parse(text).ok_or_else(|| Error::internal(format!("unknown role {text}")))
}
