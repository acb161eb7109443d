namespace RayOrleans.Core;

/// <summary>What a holder may ask an object's owner for.</summary>
public enum OwnerWish : byte
{
    /// <summary>Cancel the task.</summary>
    Cancel,

    /// <summary>Free the value.</summary>
    Free,

    /// <summary>Kill the actor.</summary>
    Kill,

    /// <summary>A blocked attempt waits for it: what makes it goes first.</summary>
    Want,

    /// <summary>Cancel the task, and end the process that runs it and nothing else.</summary>
    CancelByForce,
}
