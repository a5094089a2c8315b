//! Models for previews and fakes, which need no service.

use stablevps::testing::{
    sample_plan, sample_progress, sample_provisioned, sample_vps, sample_vps_details,
};
use stablevps::{PlanId, Provisioned, Vps, VpsStatus, plans};

#[test]
fn a_sample_differs_in_what_it_is_given() {
    let suspended = Vps {
        vps_status: VpsStatus::Suspended,
        ..sample_vps()
    };
    assert_eq!(suspended.id, sample_vps().id);
    assert_ne!(suspended, sample_vps());
}

#[test]
fn samples_agree_with_each_other() {
    let details = sample_vps_details();
    let bought: Provisioned = sample_provisioned();
    assert_eq!(bought.vps, details);
    assert_eq!(sample_vps().id, details.id);
    assert_eq!(sample_progress().vps_id, Some(details.id));
    let charged = bought.balance_before.zip(bought.charged);
    assert_eq!(
        charged.map(|(before, charged)| before.minus(charged)),
        bought.balance_after
    );
    let sold = plans().into_iter().find(|plan| plan.id == PlanId::Prime);
    assert_eq!(Some(sample_plan()), sold);
}
