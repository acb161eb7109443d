using System.Text;

namespace RayOrleans.Serialization.Wire;

/// <summary>
/// Where in a value something failed. Exception filters on the way up note their members, innermost first,
/// so that nothing is spent on paths while all goes well.
/// </summary>
internal sealed class MemberPath
{
    private const int MaxParts = 32;
    private readonly List<string> _parts = [];

    /// <summary>Notes one step outwards. Always false, to be used as an exception filter.</summary>
    public bool Note(string part)
    {
        _parts.Add(part);
        return false;
    }

    /// <summary>Notes an element. Always false, to be used as an exception filter.</summary>
    public bool NoteIndex(long index)
    {
        _parts.Add($"[{index}]");
        return false;
    }

    public void Clear() => _parts.Clear();

    /// <summary>The path from the root, with the middle of very long ones left out.</summary>
    public string From(string root)
    {
        var text = new StringBuilder(root);
        for (int i = _parts.Count - 1; i >= 0; i--)
        {
            if (_parts.Count > MaxParts && i == _parts.Count - (MaxParts / 2))
            {
                text.Append("...");
                i = (MaxParts / 2) - 1;
            }

            string part = _parts[i];
            if (text.Length > 0 && part[0] != '[')
            {
                text.Append('.');
            }

            text.Append(part);
        }

        return text.ToString();
    }
}
