namespace RayOrleans.Core;

/// <summary>What an object's entry holds.</summary>
public enum ObjectStatus : byte
{
    /// <summary>Nothing yet: its task has not finished, or it is being rebuilt.</summary>
    Pending,

    /// <summary>A value, in the store of another node.</summary>
    Remote,

    /// <summary>The value.</summary>
    Available,

    /// <summary>A <see cref="Failure"/> instead of the value.</summary>
    Failed,

    /// <summary>Nothing any more: nobody held it.</summary>
    Deleted,
}
