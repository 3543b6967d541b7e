//! Arguments that are almost JSON: the cases of a well-known repairer. Where we repair, we come to the same;
//! valid JSON is never touched; the rest is refused, which that repairer never does.

use glm_tui::glm::mend_arguments;
use serde_json::Value;

#[test]
fn what_is_repaired_means_the_same_to_another_repairer() {
    let (mut repaired, mut kept, mut refused) = (0, 0, 0);
    for (name, bytes) in super::files("peers/json-repair", ".jsonl") {
        for (at, line) in String::from_utf8(bytes).unwrap().lines().enumerate() {
            let case: Value = serde_json::from_str(line).unwrap();
            let input = case["input"].as_str().unwrap();
            let is_valid = serde_json::from_str::<Value>(input).is_ok();
            match mend_arguments(input) {
                Ok((text, what)) => {
                    let value: Value = serde_json::from_str(&text).unwrap();
                    assert_eq!(value, case["expected"], "{name}:{}: {input}", at + 1);
                    assert_eq!(what.is_none(), is_valid, "{name}:{}: a repair is told", at + 1);
                    assert!(!is_valid || text == input, "{name}:{}: valid JSON stays", at + 1);
                    if is_valid { kept += 1 } else { repaired += 1 }
                }
                Err(why) => {
                    assert!(!is_valid && why.contains("call"), "{name}:{}: {why}", at + 1);
                    refused += 1;
                }
            }
        }
    }
    // 76 cases: most of them leave open what was meant, or are cut off.
    if repaired + kept + refused > 0 {
        assert!(repaired >= 7 && kept >= 7, "repaired {repaired}, kept {kept}, refused {refused}");
    }
}
