//! Sums divided so that the parts add up to them.

use crate::domain::money;

/// `total` divided in proportion to `weights`: whole units that add up to it. What division leaves over goes to the parts that lost most by it, the first of them
/// where they lost the same. Without any weight nobody has a part of it.
pub(super) fn in_proportion(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if sum <= 0 {
        return vec![0; weights.len()];
    }
    let exact = weights.iter().map(|w| i128::from(total) * i128::from(*w));
    let mut parts: Vec<(i128, i128)> = exact
        .map(|exact| (exact.div_euclid(sum), exact.rem_euclid(sum)))
        .collect();
    let given: i128 = parts.iter().map(|(part, _)| part).sum();
    let left = usize::try_from(i128::from(total) - given).unwrap_or(0);
    let mut most: Vec<usize> = (0..parts.len()).collect();
    most.sort_by_key(|at| std::cmp::Reverse(parts[*at].1));
    for at in most.into_iter().take(left) {
        parts[at].0 += 1;
    }
    let whole = parts.into_iter();
    whole
        .map(|(part, _)| i64::try_from(part).unwrap_or(0))
        .collect()
}

/// What the first `some` of `all` pieces cost that cost `total` together.
pub(super) fn of_pieces(total: i64, all: i64, some: i64) -> i64 {
    if all <= 0 {
        return 0;
    }
    let (each, larger) = (total.div_euclid(all), total.rem_euclid(all));
    each.saturating_mul(some).saturating_add(larger.min(some))
}

/// What is left, divided among the shares of `of` that are not paid: each with its number.
pub(super) fn among(left: i64, of: i64, is_paid: impl Fn(i64) -> bool) -> Vec<(i64, i64)> {
    let unpaid: Vec<i64> = (1..=of).filter(|n| !is_paid(*n)).collect();
    let amounts = money::split(left, unpaid.len());
    unpaid.into_iter().zip(amounts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_add_up_and_are_fair(total in 0i64..1_000_000_000_000, weights in prop::collection::vec(0i64..1_000_000_000, 1..40)) {
            let parts = in_proportion(total, &weights);
            let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            let all: i64 = parts.iter().sum();
            prop_assert_eq!(all, if sum == 0 { 0 } else { total });
            for (part, weight) in parts.iter().zip(&weights) {
                if sum > 0 {
                    let exact = i128::from(total) * i128::from(*weight);
                    let off = i128::from(*part) * sum - exact;
                    prop_assert!(off.abs() < sum, "less than one unit away from what is exact");
                }
            }
        }

        #[test]
        fn pieces_that_are_paid_one_by_one_cost_what_they_cost_together(total in 0i64..1_000_000_000, all in 1i64..999) {
            let mut sum = 0;
            for some in 0..all {
                let piece = of_pieces(total, all, some + 1) - of_pieces(total, all, some);
                prop_assert!((0..=total / all + 1).contains(&piece));
                sum += piece;
            }
            prop_assert_eq!(sum, total);
        }

        #[test]
        fn a_share_costs_the_same_whoever_pays_first(total in 0i64..10_000_000, order in Just((1i64..=9).collect::<Vec<_>>()).prop_shuffle(), of in 1i64..=9) {
            let whole = money::split(total, usize::try_from(of).unwrap());
            let (mut left, mut paid) = (total, Vec::new());
            for n in order.into_iter().filter(|n| *n <= of) {
                let shares = among(left, of, |n| paid.contains(&n));
                let (_, amount) = shares.into_iter().find(|(share, _)| *share == n).unwrap();
                prop_assert_eq!(amount, whole[usize::try_from(n).unwrap() - 1]);
                left -= amount;
                paid.push(n);
            }
            prop_assert_eq!(left, 0);
        }
    }

    #[test]
    fn shares_as_people_expect_them() {
        for (total, exp, of, shares) in [
            (10_000, 2, 3, "33.34 33.33 33.33"), // THB
            (1_000, 0, 3, "334 333 333"),        // JPY
            (10_000, 3, 3, "3.334 3.333 3.333"), // KWD
            (1, 2, 3, "0.01 0.00 0.00"),
        ] {
            let shares_are: Vec<String> = among(total, of, |_| false)
                .into_iter()
                .map(|(_, amount)| money::format(amount, exp))
                .collect();
            assert_eq!(shares_are.join(" "), shares);
        }
        assert_eq!(in_proportion(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(in_proportion(90, &[60, 40]), [54, 36]);
        assert_eq!(in_proportion(5, &[0, 0]), [0, 0]);
    }
}
