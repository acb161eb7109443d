using System.Runtime.InteropServices;

namespace RayOrleans.Runtime.Code;

/// <summary>File names of native libraries on this platform.</summary>
internal static class NativeLibraries
{
    private static readonly string Extension =
        RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? ".dll" : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? ".dylib" : ".so";

    /// <summary>Whether a file that is no assembly is a native library: <c>x.dll</c>, <c>x.dylib</c>, <c>x.so</c>, <c>x.so.1</c>.</summary>
    public static bool IsOne(string name) =>
        name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || (Extension == ".so" && name.Contains(".so.", StringComparison.Ordinal));

    /// <summary>The file names that a library may have when code asks for it by <paramref name="name"/>, best first.</summary>
    public static IEnumerable<string> Candidates(string name) => [name, name + Extension, "lib" + name + Extension, "lib" + name];
}
