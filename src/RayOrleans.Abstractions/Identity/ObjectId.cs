using System.Globalization;

namespace RayOrleans;

/// <summary>Identifies an object: the task that makes it and the index of the return value; 20 bytes.</summary>
/// <param name="Task">The task, or the id drawn for a put.</param>
/// <param name="Index">0 for the result, 1 and up for the parts of a tuple or the items of a stream, <see cref="PutIndex"/> for a put.</param>
public readonly record struct ObjectId(TaskId Task, int Index)
{
    /// <summary>The index that marks an object made by <c>Put</c>.</summary>
    public const int PutIndex = -1;

    /// <summary>The id that stands for no object.</summary>
    public static ObjectId None => default;

    /// <summary>Whether this object was made by <c>Put</c>.</summary>
    public bool IsPut => Index == PutIndex;

    /// <inheritdoc/>
    public override int GetHashCode() => Task.GetHashCode() * 31 + Index;

    /// <summary>The task's id and the index, as <c>hex:index</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Task}:{(IsPut ? "put" : Index.ToString(CultureInfo.InvariantCulture))}");
}
