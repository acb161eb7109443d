namespace RayOrleans.Runtime.Code;

/// <summary>One file of a program.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its plain file name.</param>
/// <param name="Hash">Its content.</param>
/// <param name="ModuleVersionId">Of an assembly: the id of its build.</param>
/// <param name="Culture">Of resources: their culture; else empty.</param>
internal sealed record CodeFile(CodeFileKind Kind, string Name, ContentHash Hash, Guid ModuleVersionId, string Culture)
{
    /// <summary>The simple name of an assembly.</summary>
    public string SimpleName { get; } = Path.GetFileNameWithoutExtension(Name);

    /// <summary>Whether a name that came from elsewhere is a plain file name, so that it leads nowhere else.</summary>
    public static bool IsPlain(string name) =>
        name.Length is > 0 and < 256 && name is not ("." or "..") && name.AsSpan().IndexOfAny("/\\:*?\"<>|\0") < 0 && !name.EndsWith(' ') && !name.EndsWith('.');
}
