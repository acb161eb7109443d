namespace RayOrleans.Runtime.Code;

/// <summary>What a file of a program is.</summary>
internal enum CodeFileKind : byte
{
    /// <summary>An assembly.</summary>
    Assembly,

    /// <summary>The resources of an assembly for one culture.</summary>
    Satellite,

    /// <summary>A native library.</summary>
    Native,
}
