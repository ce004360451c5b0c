//! The IAM documents of each way of working, for one account and Region.

use crate::domain::{
    access::{Need, Permission, Resource, Way},
    text::json_safe,
};
use serde_json::{Map, Value, json};

/// The version of the policy language, which is not that of any policy.
const LANGUAGE: &str = "2012-10-17";

/// What a document is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Attached to a role: it allows what the way of working needs.
    Identity,
    /// The permissions boundary of a role. It allows the same, and denies the rest, since a resource policy can allow a
    /// principal what a boundary only leaves out.
    Boundary,
    /// A service control policy: it denies the dangerous calls to everybody but the roles of this pattern.
    ServiceControl {
        /// The ARN of the role, in which `*` stands for anything.
        role: String,
    },
}

/// Where the resources are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The Region; absent where the document is for every one.
    pub region: Option<String>,
    /// The account; absent where the document is for every one.
    pub account: Option<String>,
}

impl Place {
    /// Returns the partition that the Region belongs to.
    fn partition(&self) -> &'static str {
        match &self.region {
            Some(region) if region.starts_with("cn-") => "aws-cn",
            Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
            Some(_) | None => "aws",
        }
    }

    /// Returns the ARNs by which a policy names a kind of resource.
    fn arns(&self, resource: Resource) -> Vec<String> {
        let (partition, any) = (self.partition(), "*");
        let region = self.region.as_deref().unwrap_or(any);
        let account = self.account.as_deref().unwrap_or(any);
        let contacts = |resource: &str| format!("arn:{partition}:ssm-contacts:{region}:{account}:{resource}");
        // These have no Region.
        let incidents = |resource: &str| format!("arn:{partition}:ssm-incidents::{account}:{resource}");
        match resource {
            Resource::Any => vec![any.to_owned()],
            Resource::Contact => vec![contacts("contact/*")],
            // The reference of IAM has the first spelling, and the ARNs that the service returns have the second.
            Resource::Channel => vec![contacts("contactchannel/*"), contacts("contact-channel/*")],
            Resource::Rotation => vec![contacts("rotation/*")],
            Resource::ResponsePlan => vec![incidents("response-plan/*")],
            Resource::ReplicationSet => vec![incidents("replication-set/*")],
        }
    }
}

/// Returns the document of a way of working; nothing where it would deny nothing, since a viewer does nothing dangerous.
pub fn document(way: Way, most: Need, form: &Form, place: &Place) -> Option<Value> {
    let statements = match form {
        Form::Identity => allowing(way, most, place),
        Form::Boundary => {
            let mut statements = allowing(way, most, place);
            statements.push(denying_the_rest(way, most));
            statements
        }
        Form::ServiceControl { role } => vec![denying_others(way, most, role)?],
    };
    Some(json!({ "Version": LANGUAGE, "Statement": statements }))
}

/// Returns a document as it is printed.
pub fn json(document: &Value) -> String {
    json_safe(&format!("{document:#}\n"))
}

/// Returns one statement for each set of resources, and apart from what only reads what changes something.
fn allowing(way: Way, most: Need, place: &Place) -> Vec<Value> {
    struct Group {
        is_read: bool,
        resources: &'static [Resource],
        actions: Vec<String>,
    }
    let mut groups: Vec<Group> = Vec::new();
    for permission in way.permissions(most) {
        let Permission { resources, is_read, .. } = permission;
        let same = |group: &&mut Group| group.is_read == is_read && group.resources == resources;
        match groups.iter_mut().find(same) {
            Some(group) => group.actions.push(permission.name()),
            None => groups.push(Group {
                is_read,
                resources,
                actions: vec![permission.name()],
            }),
        }
    }
    let statement = |mut group: Group| {
        group.actions.sort();
        let resources = group.resources.iter();
        json!({
            "Sid": name(group.is_read, group.resources),
            "Effect": "Allow",
            "Action": group.actions,
            "Resource": one_or_many(resources.flat_map(|resource| place.arns(*resource)).collect()),
        })
    };
    groups.into_iter().map(statement).collect()
}

fn denying_the_rest(way: Way, most: Need) -> Value {
    let mut actions: Vec<String> = way.permissions(most).iter().map(Permission::name).collect();
    actions.sort();
    json!({ "Sid": "DenyTheRest", "Effect": "Deny", "NotAction": actions, "Resource": "*" })
}

/// Returns the statement of a service control policy. It is for every resource, so that no spelling slips through.
fn denying_others(way: Way, most: Need, role: &str) -> Option<Value> {
    let dangerous = way.changes(most).filter(|change| change.is_dangerous());
    let mut actions: Vec<String> = dangerous
        .map(|change| format!("{}:{}", change.service().name(), change.name()))
        .collect();
    if actions.is_empty() {
        return None;
    }
    actions.sort();
    // A role that is assumed shows up as itself in this key, and not as its session.
    let condition: Map<String, Value> = [("ArnNotLike".to_owned(), json!({ "aws:PrincipalArn": role }))]
        .into_iter()
        .collect();
    Some(json!({
        "Sid": "DenyToOthers",
        "Effect": "Deny",
        "Action": actions,
        "Resource": "*",
        "Condition": condition,
    }))
}

/// Returns the name of a statement: letters and digits, as IAM wants it.
fn name(is_read: bool, resources: &[Resource]) -> String {
    let words = resources.iter().map(|resource| match resource {
        Resource::Any => "Lists",
        Resource::Contact => "Contacts",
        Resource::Channel => "Channels",
        Resource::Rotation => "Rotations",
        Resource::ResponsePlan => "ResponsePlans",
        Resource::ReplicationSet => "ReplicationSet",
    });
    let words: Vec<&str> = words.collect();
    format!("{}{}", if is_read { "Read" } else { "Change" }, words.join("And"))
}

fn one_or_many(mut arns: Vec<String>) -> Value {
    match arns.pop() {
        Some(only) if arns.is_empty() => only.into(),
        Some(last) => {
            arns.push(last);
            arns.into()
        }
        None => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The most characters of a managed policy, which a permissions boundary is, too; blanks do not count.
    const LONGEST: usize = 6144;

    /// The most characters of a service control policy.
    const LONGEST_SERVICE_CONTROL: usize = 5120;

    fn place() -> Place {
        Place {
            region: Some("eu-west-1".to_owned()),
            account: Some("111122223333".to_owned()),
        }
    }

    fn role() -> Form {
        Form::ServiceControl {
            role: "arn:aws:iam::*:role/PagingReviewer".to_owned(),
        }
    }

    fn all() -> impl Iterator<Item = (Way, Need, Form, Value)> {
        let ways = Way::ALL
            .into_iter()
            .flat_map(|way| [Need::Always, Need::Sometimes].map(|most| (way, most)));
        ways.flat_map(|(way, most)| [Form::Identity, Form::Boundary, role()].map(|form| (way, most, form)))
            .filter_map(|(way, most, form)| {
                let document = document(way, most, &form, &place())?;
                Some((way, most, form, document))
            })
    }

    fn texts(value: &Value) -> Vec<String> {
        match value {
            Value::String(text) => vec![text.clone()],
            Value::Array(all) => all.iter().flat_map(texts).collect(),
            other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) => {
                panic!("{other} is neither a text nor a list of them")
            }
        }
    }

    fn statements(document: &Value, effect: &str) -> Vec<Value> {
        let all = document["Statement"].as_array().unwrap().iter();
        all.filter(|statement| statement["Effect"] == effect).cloned().collect()
    }

    fn needed(way: Way, most: Need) -> BTreeSet<String> {
        way.permissions(most).iter().map(Permission::name).collect()
    }

    #[test]
    fn each_document_allows_exactly_the_list_of_its_way() {
        for (way, most, form, document) in all() {
            let mut allowed: Vec<String> = statements(&document, "Allow")
                .iter()
                .flat_map(|statement| texts(&statement["Action"]))
                .collect();
            let denied = statements(&document, "Deny");
            match form {
                Form::Identity => assert_eq!(denied.len(), 0),
                Form::Boundary => {
                    let spared: BTreeSet<String> = texts(&denied[0]["NotAction"]).into_iter().collect();
                    assert_eq!((denied.len(), spared), (1, needed(way, most)));
                }
                Form::ServiceControl { role } => {
                    assert_eq!(allowed.len(), 0);
                    assert_eq!(
                        denied[0]["Condition"],
                        json!({ "ArnNotLike": { "aws:PrincipalArn": role } })
                    );
                    let denied: BTreeSet<String> = texts(&denied[0]["Action"]).into_iter().collect();
                    let reads = needed(Way::Viewer, most);
                    assert!(denied.is_subset(&needed(way, most)) && denied.is_disjoint(&reads));
                    continue;
                }
            }
            allowed.sort();
            let once: BTreeSet<String> = allowed.iter().cloned().collect();
            assert_eq!(once.len(), allowed.len(), "{way:?} allows something twice");
            assert_eq!(once, needed(way, most));
        }
    }

    #[test]
    fn each_document_has_the_shape_that_iam_wants() {
        for (way, _, form, document) in all() {
            assert_eq!(document.as_object().unwrap().len(), 2);
            assert_eq!(document["Version"], "2012-10-17");
            let statements = document["Statement"].as_array().unwrap();
            let names: BTreeSet<&str> = statements
                .iter()
                .map(|statement| statement["Sid"].as_str().unwrap())
                .collect();
            assert_eq!(names.len(), statements.len(), "{way:?}");
            for name in names {
                assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
            }
            for statement in statements {
                for arn in texts(&statement["Resource"]) {
                    assert!(arn == "*" || arn.split(':').count() == 6, "{arn}");
                }
            }
            let longest = if matches!(form, Form::ServiceControl { .. }) {
                LONGEST_SERVICE_CONTROL
            } else {
                LONGEST
            };
            let length = json(&document).chars().filter(|c| !c.is_whitespace()).count();
            assert!(length <= longest, "{way:?} {form:?}: {length}");
        }
    }

    #[test]
    fn a_viewer_does_nothing_that_others_could_be_denied() {
        assert_eq!(document(Way::Viewer, Need::Sometimes, &role(), &place()), None);
    }

    #[test]
    fn a_change_of_devices_is_allowed_in_both_spellings() {
        let document = document(Way::Reviewer, Need::Always, &Form::Identity, &place()).unwrap();
        let change = statements(&document, "Allow")
            .into_iter()
            .find(|statement| statement["Sid"] == "ChangeChannels")
            .unwrap();
        let here = "arn:aws:ssm-contacts:eu-west-1:111122223333";
        assert_eq!(
            change["Resource"],
            json!([format!("{here}:contactchannel/*"), format!("{here}:contact-channel/*")])
        );
        assert_eq!(
            change["Action"],
            json!(["ssm-contacts:ActivateContactChannel", "ssm-contacts:SendActivationCode"])
        );
    }

    #[test]
    fn the_partition_follows_the_region_and_what_is_not_known_is_every_one() {
        for (region, account, contact, plan) in [
            (
                Some("eu-west-1"),
                Some("111122223333"),
                "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/*",
                "arn:aws:ssm-incidents::111122223333:response-plan/*",
            ),
            (
                Some("cn-north-1"),
                Some("111122223333"),
                "arn:aws-cn:ssm-contacts:cn-north-1:111122223333:contact/*",
                "arn:aws-cn:ssm-incidents::111122223333:response-plan/*",
            ),
            (
                Some("us-gov-west-1"),
                None,
                "arn:aws-us-gov:ssm-contacts:us-gov-west-1:*:contact/*",
                "arn:aws-us-gov:ssm-incidents::*:response-plan/*",
            ),
            (
                None,
                None,
                "arn:aws:ssm-contacts:*:*:contact/*",
                "arn:aws:ssm-incidents::*:response-plan/*",
            ),
        ] {
            let place = Place {
                region: region.map(str::to_owned),
                account: account.map(str::to_owned),
            };
            assert_eq!(place.arns(Resource::Contact), [contact]);
            assert_eq!(place.arns(Resource::ResponsePlan), [plan]);
        }
    }

    #[test]
    fn the_documents_keep_their_form() {
        // Those of the cleaner have every sort of statement.
        let documents = [Form::Identity, Form::Boundary, role()]
            .map(|form| json(&document(Way::Cleaner, Need::Always, &form, &place()).unwrap()));
        insta::assert_snapshot!(documents.join("\n"));
    }
}
