/// The version of the product, as `--version`, *Health* and the API document say it.
package enum CallMatchVersion {
    package static let text = "0.1.0"
}
