import Frames
import Testing

@Suite struct SipHashTests {
  /// The reference vectors of the authors: input 00, 01, ... of growing length, key 00 ... 0f.
  @Test func vectors() {
    let expected: [UInt64] = [
      0x726f_db47_dd0e_0e31, 0x74f8_39c5_93dc_67fd, 0x0d6c_8009_d9a9_4f5a, 0x8567_6696_d7fb_7e2d,
      0xcf27_94e0_2771_87b7, 0x1876_5564_cd99_a68d, 0xcbc9_466e_58fe_e3ce, 0xab02_00f5_8b01_d137,
      0x93f5_f579_9a93_2462,
    ]
    for (length, hash) in expected.enumerated() {
      let input = (0..<UInt8(length)).map { $0 }[...]
      #expect(
        SipHash.hash(input, k0: 0x0706_0504_0302_0100, k1: 0x0f0e_0d0c_0b0a_0908) == hash)
    }
    // The example of the paper's appendix A: 15 bytes.
    #expect(
      SipHash.hash(
        (0..<15).map { UInt8($0) }[...], k0: 0x0706_0504_0302_0100, k1: 0x0f0e_0d0c_0b0a_0908)
        == 0xa129_ca61_49be_45e5)
  }
}
