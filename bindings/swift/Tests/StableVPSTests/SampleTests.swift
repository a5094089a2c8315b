import Foundation
import StableVPS
import StableVPSTesting
import Testing

/// Models for previews and fakes, which need no service.
@Suite struct SampleTests {
  @Test("a sample differs in what it is given")
  func differs() {
    let vps = StableVPS.VPS.sample(id: "mine", vpsStatus: .suspended, ipAddress: nil)
    #expect(vps.id == "mine")
    #expect(vps.vpsStatus == .suspended)
    #expect(vps.ipAddress == nil)
    #expect(vps != .sample())
    #expect(vps.createdAt == StableVPS.VPS.sample().createdAt)
  }

  @Test("samples agree with each other")
  func agree() {
    let bought = StableVPS.Provisioned.sample()
    #expect(bought.vps == .sample())
    #expect(bought.vps.id == StableVPS.Progress.sample().vpsID)
    #expect(bought.charged == Decimal(string: "19.49"))
    #expect(bought.balanceBefore.map { $0 - (bought.charged ?? 0) } == bought.balanceAfter)
    #expect(bought.elapsed == .seconds(120))
    #expect(bought.vps.rdpPassword?.reveal() == "sample password")
    #expect(bought.vps.createdAt == Date(timeIntervalSince1970: 1_767_225_600))
    let plan = StableVPS.plans.first { $0.id == .prime }
    #expect(StableVPS.Plan.sample() == plan)
  }
}
