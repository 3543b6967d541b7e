//! Prices and peak hours.

use glm_tui::quota::{Factors, MoneyPrice, PeakRule, Timestamp};

use super::fixture::{HOUR, after, at, rule};

const GLM_5_3: Factors = Factors { input: 6.9, cached: 1.7, output: 24.0 };

#[test]
fn credits_and_dollars_of_a_usage() {
    // docs/ZAI.md §4: 100k input at 90 % cache and 2k output is about 27 credits at the full rate.
    assert!((GLM_5_3.credits(10_000, 90_000, 2_000) - 27.0).abs() < 1e-9);
    assert!(GLM_5_3.credits(0, 0, 0).abs() < 1e-12);
    assert!(GLM_5_3.credits(u64::MAX, u64::MAX, u64::MAX).is_finite());
    let price = MoneyPrice { input: 1.4, cached: 0.26, output: 4.4 };
    assert!((price.dollars(1_000_000, 1_000_000, 1_000_000) - 6.06).abs() < 1e-9);
    let broken = Factors { input: f64::NAN, cached: -3.0, output: 24.0 };
    assert!((broken.credits(10_000, 10_000, 10_000) - 24.0).abs() < 1e-9);
}

#[test]
fn the_rate_at_a_moment_and_its_next_change() {
    // Peak: Monday to Friday, 06:00 to 10:00 UTC. 2026-11-20 is a Friday.
    let table = [
        ("2026-11-20T05:59:59Z", false, "2026-11-20T06:00:00Z"),
        ("2026-11-20T06:00:00Z", true, "2026-11-20T10:00:00Z"),
        ("2026-11-20T09:59:59.5Z", true, "2026-11-20T10:00:00Z"),
        ("2026-11-20T10:00:00Z", false, "2026-11-23T06:00:00Z"),
        ("2026-11-22T07:00:00Z", false, "2026-11-23T06:00:00Z"),
        ("2026-11-22T20:00:00Z", false, "2026-11-23T06:00:00Z"),
        ("2026-11-23T07:00:00Z", true, "2026-11-23T10:00:00Z"),
    ];
    for (moment, peak, change) in table {
        let rate = rule().rate_at(at(moment));
        assert_eq!((rate.peak, rate.changes_at), (peak, Some(at(change))), "{moment}");
        assert!((rate.factor - if peak { 1.0 } else { 0.5 }).abs() < 1e-12, "{moment}");
    }
}

#[test]
fn odd_rules() {
    let night = PeakRule { from_hour: 22, to_hour: 2, utc_offset_hours: 0, weekdays: vec![7], ..rule() };
    let table = [
        ("2026-11-22T21:59:59Z", false),
        ("2026-11-22T22:00:00Z", true),
        ("2026-11-23T01:59:59Z", true),
        ("2026-11-23T02:00:00Z", false),
    ];
    for (moment, peak) in table {
        assert_eq!(night.rate_at(at(moment)).peak, peak, "over midnight: {moment}");
    }
    let always = PeakRule { from_hour: 0, to_hour: 24, weekdays: vec![1, 2, 3, 4, 5, 6, 7], ..rule() };
    let never = PeakRule { weekdays: vec![], ..rule() };
    let empty = PeakRule { from_hour: 14, to_hour: 14, ..rule() };
    let wild = PeakRule {
        weekdays: vec![-7, 99],
        from_hour: -100,
        to_hour: 127,
        utc_offset_hours: 127,
        off_peak_factor: f64::NAN,
    };
    for (name, rule, peak) in
        [("always", always, true), ("never", never, false), ("empty", empty, false), ("wild", wild, false)]
    {
        for moment in [at("2026-11-23T07:00:00Z"), Timestamp::MIN, Timestamp::MAX] {
            let rate = rule.rate_at(moment);
            assert_eq!((rate.peak, rate.changes_at), (peak, None), "{name} at {moment}");
            assert!(rate.factor > 0.0);
        }
    }
    assert!(
        (PeakRule::flat().charged_secs(at("2026-11-23T00:00:00Z"), at("2026-11-24T00:00:00Z")) - 86_400.0).abs() < 1e-6
    );
}

#[test]
fn a_steady_use_is_charged_piece_by_piece() {
    let hour = HOUR as f64;
    let table = [
        ("2026-11-23T04:00:00Z", "2026-11-23T05:00:00Z", 0.5),
        ("2026-11-23T05:00:00Z", "2026-11-23T07:00:00Z", 1.5),
        ("2026-11-23T05:00:00Z", "2026-11-23T11:00:00Z", 5.0),
        ("2026-11-21T00:00:00Z", "2026-11-23T00:00:00Z", 24.0),
        // A week: 20 hours of peak, 148 at half price.
        ("2026-11-20T08:00:00Z", "2026-11-27T08:00:00Z", 94.0),
        ("2026-11-23T07:00:00Z", "2026-11-23T05:00:00Z", 0.0),
    ];
    for (from, to, hours) in table {
        let charged = rule().charged_secs(at(from), at(to)) / hour;
        assert!((charged - hours).abs() < 1e-9, "{from} to {to}: {charged}");
        assert!((rule().credits_over(30.0, at(from), at(to)) - 30.0 * hours).abs() < 1e-6);
        if hours > 0.0 {
            let end = after(at(to), 1);
            let back = rule().charged_by(at(from), hours * hour, end);
            assert_eq!(back, Some(at(to)), "{from} to {to}");
        }
    }
    assert_eq!(rule().charged_by(at("2026-11-23T04:00:00Z"), hour, at("2026-11-23T05:00:00Z")), None);
    assert!(rule().charged_secs(Timestamp::MIN, Timestamp::MAX) > 0.0, "an eternity ends");
    assert_eq!(rule().charged_by(Timestamp::MIN, f64::NAN, Timestamp::MAX), None);
}
