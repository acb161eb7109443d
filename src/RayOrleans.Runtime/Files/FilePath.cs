namespace RayOrleans.Runtime.Files;

/// <summary>Paths of files inside the folder of an environment: relative, with <c>/</c>, and never out of it.</summary>
internal static class FilePath
{
    /// <summary>Why a path is none; null: it is one.</summary>
    public static string? ProblemOf(string path)
    {
        if (path.Length == 0)
        {
            return "it is empty";
        }

        if (path[0] == '/' || (path.Length > 1 && path[1] == ':' && char.IsAsciiLetter(path[0])))
        {
            return "it is absolute; it must be relative to the working directory";
        }

        if (path.AsSpan().IndexOfAny('\\', '\0') >= 0)
        {
            return "it has a character that separates folders on some systems or ends names; separate folders with /";
        }

        foreach (string part in path.Split('/'))
        {
            if (part is "." or "..")
            {
                return $"it has a part '{part}'; a path must not lead out of the working directory";
            }

            if (part.Length == 0)
            {
                return "it has an empty part";
            }
        }

        return null;
    }

    /// <summary>The folders above a path, the nearest first.</summary>
    public static IEnumerable<string> FoldersOf(string path)
    {
        for (int end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
        {
            yield return path[..end];
        }
    }
}
