/// What version of Rota this is.
public enum Version {
  /// Semantic version; the package takes it from here.
  public static let text = "0.1.0"
}
