import Glibc
import Systemd
import Testing

/// What the room does where systemd has not started the program; with it, `Tests/systemd` does it for real and
/// DaemonTests with a socket in its place.
@Suite struct WithoutSystemdTests {
  private static let isAlone = getenv("NOTIFY_SOCKET") == nil

  @Test("Without a service manager nothing is sent, kept or waited for", .enabled(if: isAlone))
  func alone() {
    #expect(!ServiceManager.isPresent && ServiceManager.watchdogInterval == nil)
    #expect(ServiceManager.socket(named: "control") == nil)
    #expect(!DescriptorStore.put([1, 2, 3], name: "rota-test"))
    #expect(DescriptorStore.bytes(named: "rota-test") == nil)
    ServiceManager.ready(status: "nobody hears this")
    DescriptorStore.settle(microseconds: 1)
  }

  @Test("Open descriptors are told by number: a pipe's ends are among them until they are closed")
  func descriptors() {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let open = Set(DescriptorStore.openDescriptors)
    #expect(open.isSuperset(of: ends) && open.contains(1))
    close(ends[0])
    close(ends[1])
  }
}
