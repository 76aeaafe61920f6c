//! The tree of categories, as values. Pure: the page draws with it what the server checks with it.

use super::Category;
use crate::ids::CategoryId;
use std::collections::{HashMap, HashSet};

/// Each category followed by those below it, siblings by name, with its depth. What hangs on nothing known stands at the top.
#[must_use]
pub fn flatten(categories: Vec<Category>) -> Vec<Category> {
    let known: HashSet<CategoryId> = categories.iter().map(|category| category.id).collect();
    let mut below: HashMap<Option<CategoryId>, Vec<Category>> = HashMap::new();
    for category in categories {
        below.entry(category.parent_id.filter(|parent| known.contains(parent))).or_default().push(category);
    }
    for siblings in below.values_mut() {
        // Taken from the end: the last by name first.
        siblings.sort_by_key(|category| std::cmp::Reverse(category.name.to_lowercase()));
    }
    let mut flat = Vec::new();
    let mut open: Vec<(Category, i32)> = below.remove(&None).unwrap_or_default().into_iter().map(|category| (category, 0)).collect();
    while let Some((mut category, depth)) = open.pop() {
        open.extend(below.remove(&Some(category.id)).unwrap_or_default().into_iter().map(|child| (child, depth + 1)));
        category.depth = depth;
        flat.push(category);
    }
    flat
}

/// A category and all below it.
#[must_use]
pub fn with_descendants(categories: &[Category], root: CategoryId) -> HashSet<CategoryId> {
    let mut found = HashSet::from([root]);
    loop {
        let more: Vec<CategoryId> = categories
            .iter()
            .filter(|category| category.parent_id.is_some_and(|parent| found.contains(&parent)) && !found.contains(&category.id))
            .map(|category| category.id)
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// `Finance / Invoices`.
#[must_use]
pub fn path(categories: &[Category], id: CategoryId) -> String {
    let mut names = Vec::new();
    let mut at = Some(id);
    while let Some(category) = at.and_then(|id| categories.iter().find(|category| category.id == id)) {
        names.push(category.name.as_str());
        at = category.parent_id.filter(|_| names.len() <= categories.len());
    }
    names.reverse();
    names.join(" / ")
}

/// Tools in a category and below it.
#[must_use]
pub fn tools_below(categories: &[Category], root: CategoryId) -> i64 {
    let ids = with_descendants(categories, root);
    categories.iter().filter(|category| ids.contains(&category.id)).map(|category| category.tool_count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(id: u128, parent: Option<u128>, name: &str) -> Category {
        let id_of = |number: u128| CategoryId(uuid::Uuid::from_u128(number));
        Category {
            id: id_of(id),
            parent_id: parent.map(id_of),
            name: name.into(),
            description: String::new(),
            tool_count: 1,
            updated_at: chrono::DateTime::UNIX_EPOCH,
            depth: 0,
        }
    }

    #[test]
    fn each_category_is_followed_by_those_below_it() {
        let all = vec![
            category(1, None, "b"),
            category(2, Some(1), "z"),
            category(3, Some(1), "Y"),
            category(4, None, "a"),
            category(5, Some(3), "x"),
            category(6, Some(99), "lost"),
        ];
        let flat = flatten(all);
        let names: Vec<(&str, i32)> = flat.iter().map(|category| (category.name.as_str(), category.depth)).collect();
        assert_eq!(names, [("a", 0), ("b", 0), ("Y", 1), ("x", 2), ("z", 1), ("lost", 0)]);
        assert_eq!(path(&flat, flat[3].id), "b / Y / x");
        assert_eq!((with_descendants(&flat, flat[1].id).len(), tools_below(&flat, flat[2].id)), (4, 2));
    }

    #[test]
    fn a_ring_hangs_nothing_up() {
        let ring = vec![category(1, Some(2), "a"), category(2, Some(1), "b")];
        assert!(flatten(ring.clone()).is_empty());
        assert_eq!(with_descendants(&ring, ring[0].id).len(), 2);
        assert!(!path(&ring, ring[0].id).is_empty());
    }
}
