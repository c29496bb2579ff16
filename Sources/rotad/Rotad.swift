@main struct Rotad { static func main() {} }
