/// Exit codes (sysexits.h).
public enum EX {
  /// The command line is wrong.
  public static let usage: Int32 = 64
  /// The data are wrong.
  public static let dataError: Int32 = 65
  /// A service is not there.
  public static let unavailable: Int32 = 69
  /// The operating system refused.
  public static let osError: Int32 = 71
  /// Reading or writing failed.
  public static let ioError: Int32 = 74
  /// Something is missing that may be there later.
  public static let temporaryFailure: Int32 = 75
  /// The configuration is wrong.
  public static let config: Int32 = 78
}
