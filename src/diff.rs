//! The difference of two texts, line by line. Pure.

use serde::{Deserialize, Serialize};

/// More differences than this are not untangled: what lies between the equal ends is shown as replaced.
const MOST_DIFFERENCES: usize = 2_000;

/// One line of a text: its number from 1, and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Line {
    pub number: u32,
    pub text: String,
}

/// Two lines side by side. Equal texts on both sides: the line is unchanged; one side missing: added or removed; else changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Pair {
    pub left: Option<Line>,
    pub right: Option<Line>,
}

impl Pair {
    #[must_use]
    pub fn is_equal(&self) -> bool {
        matches!((&self.left, &self.right), (Some(left), Some(right)) if left.text == right.text)
    }
}

/// What happens to a line on the way from left to right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Keep,
    Remove,
    Add,
}

/// Both texts side by side. A text's last line break makes no line of its own.
#[must_use]
pub fn side_by_side(left: &str, right: &str) -> Vec<Pair> {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let line = |lines: &[&str], index: usize| Line {
        number: u32::try_from(index + 1).unwrap_or(u32::MAX),
        text: lines.get(index).copied().unwrap_or_default().to_owned(),
    };
    let mut pairs = Vec::new();
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let (mut at_left, mut at_right) = (0, 0);
    for step in steps(&left, &right) {
        match step {
            Step::Remove => {
                removed.push(line(&left, at_left));
                at_left += 1;
            }
            Step::Add => {
                added.push(line(&right, at_right));
                at_right += 1;
            }
            Step::Keep => {
                flush(&mut pairs, &mut removed, &mut added);
                pairs.push(Pair { left: Some(line(&left, at_left)), right: Some(line(&right, at_right)) });
                at_left += 1;
                at_right += 1;
            }
        }
    }
    flush(&mut pairs, &mut removed, &mut added);
    pairs
}

/// What was removed stands beside what was added in its place.
fn flush(pairs: &mut Vec<Pair>, removed: &mut Vec<Line>, added: &mut Vec<Line>) {
    let (mut removed, mut added) = (removed.drain(..), added.drain(..));
    loop {
        match (removed.next(), added.next()) {
            (None, None) => return,
            (left, right) => pairs.push(Pair { left, right }),
        }
    }
}

/// The shortest way from one text to the other (Myers, "An O(ND) difference algorithm", 1986), equal ends set aside first.
fn steps(left: &[&str], right: &[&str]) -> Vec<Step> {
    let head = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[head..], &right[head..]);
    let tail = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[..left.len() - tail], &right[..right.len() - tail]);
    let mut steps = vec![Step::Keep; head];
    steps.extend(middle(left, right).unwrap_or_else(|| {
        let mut all = vec![Step::Remove; left.len()];
        all.resize(left.len() + right.len(), Step::Add);
        all
    }));
    steps.resize(steps.len() + tail, Step::Keep);
    steps
}

/// `None`: too different.
fn middle(left: &[&str], right: &[&str]) -> Option<Vec<Step>> {
    let (n, m) = (left.len(), right.len());
    if n == 0 || m == 0 {
        return None; // nothing to untangle
    }
    let most = (n + m).min(MOST_DIFFERENCES);
    // Diagonal k = x - y; `reach[k + most + 1]` is the farthest x on it.
    let index = |k: isize| usize::try_from(k + isize::try_from(most).unwrap_or(0) + 1).unwrap_or(0);
    let mut reach = vec![0_usize; 2 * most + 3];
    let mut trace: Vec<Vec<usize>> = Vec::new();
    for d in 0..=most {
        let depth = isize::try_from(d).unwrap_or(0);
        trace.push(reach[index(-depth - 1)..=index(depth + 1)].to_vec());
        for k in (-depth..=depth).step_by(2) {
            let down = k == -depth || (k != depth && reach[index(k - 1)] < reach[index(k + 1)]);
            let mut x = if down { reach[index(k + 1)] } else { reach[index(k - 1)] + 1 };
            let mut y = usize::try_from(isize::try_from(x).unwrap_or(0) - k).unwrap_or(0);
            while x < n && y < m && left[x] == right[y] {
                x += 1;
                y += 1;
            }
            reach[index(k)] = x;
            if x >= n && y >= m {
                return Some(walk_back(&trace, n, m));
            }
        }
    }
    None
}

/// From the end to the beginning through what was reached at each number of differences.
fn walk_back(trace: &[Vec<usize>], n: usize, m: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    let signed = |number: usize| isize::try_from(number).unwrap_or(0);
    let (mut x, mut y) = (signed(n), signed(m));
    for (d, reach) in trace.iter().enumerate().rev() {
        let depth = signed(d);
        let at = |k: isize| reach.get(usize::try_from(k + depth + 1).unwrap_or(0)).copied().unwrap_or(0);
        let k = x - y;
        let down = k == -depth || (k != depth && at(k - 1) < at(k + 1));
        let before = if down { k + 1 } else { k - 1 };
        let (from_x, from_y) = if d == 0 { (0, 0) } else { (signed(at(before)), signed(at(before)) - before) };
        while x > from_x && y > from_y {
            steps.push(Step::Keep);
            x -= 1;
            y -= 1;
        }
        if d > 0 {
            steps.push(if down { Step::Add } else { Step::Remove });
            (x, y) = (from_x, from_y);
        }
    }
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(left: &str, right: &str) -> Vec<String> {
        side_by_side(left, right)
            .iter()
            .map(|pair| {
                let text = |line: &Option<Line>| line.as_ref().map_or_else(String::new, |line| format!("{}:{}", line.number, line.text));
                format!("{}|{}{}", text(&pair.left), text(&pair.right), if pair.is_equal() { "" } else { " *" })
            })
            .collect()
    }

    #[test]
    fn a_changed_line_stands_beside_the_one_it_replaced() {
        assert_eq!(shown("a\nb\nc", "a\nB\nc"), ["1:a|1:a", "2:b|2:B *", "3:c|3:c"]);
        assert_eq!(shown("a\nc", "a\nb\nc"), ["1:a|1:a", "|2:b *", "2:c|3:c"]);
        assert_eq!(shown("a\nb", "b"), ["1:a| *", "2:b|1:b"]);
        assert_eq!(shown("", "x\n"), ["|1:x *"]);
        assert_eq!(shown("x", "x\n"), ["1:x|1:x"]);
        assert!(shown("", "").is_empty());
    }

    #[test]
    fn no_more_is_shown_as_changed_than_is() {
        // Length of the longest common subsequence, the slow and sure way.
        fn common(a: &[&str], b: &[&str]) -> usize {
            let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
            for i in 0..a.len() {
                for j in 0..b.len() {
                    table[i + 1][j + 1] = if a[i] == b[j] { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
                }
            }
            table[a.len()][b.len()]
        }
        let mut seed = 7_u32;
        let mut next = |most: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % most
        };
        for _ in 0..500 {
            let mut text = || (0..next(12)).map(|_| ["a", "b", "c", "d"][next(4) as usize]).collect::<Vec<_>>();
            let (left, right) = (text(), text());
            let steps = steps(&left, &right);
            assert_eq!(steps.iter().filter(|step| **step == Step::Keep).count(), common(&left, &right), "{left:?} {right:?}");
            assert_eq!(steps.iter().filter(|step| **step != Step::Add).count(), left.len());
            assert_eq!(steps.iter().filter(|step| **step != Step::Remove).count(), right.len());
            let pairs = side_by_side(&left.join("\n"), &right.join("\n"));
            let side = |lines: Vec<Option<Line>>| lines.into_iter().flatten().map(|line| line.text).collect::<Vec<_>>();
            assert_eq!(side(pairs.iter().map(|pair| pair.left.clone()).collect()), left);
            assert_eq!(side(pairs.iter().map(|pair| pair.right.clone()).collect()), right);
        }
    }

    #[test]
    fn texts_that_have_nothing_in_common_are_done_in_time() {
        let left: String = (0..20_000).map(|i| format!("left {i}\n")).collect();
        let right: String = (0..20_000).map(|i| format!("right {i}\n")).collect();
        assert_eq!(side_by_side(&left, &right).len(), 20_000);
    }
}
