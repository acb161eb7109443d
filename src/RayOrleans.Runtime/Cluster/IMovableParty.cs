namespace RayOrleans.Runtime.Cluster;

/// <summary>A party that can go on elsewhere with what it knows.</summary>
internal interface IMovableParty : IClusterParty
{
    /// <summary>Why it answers nobody any more, and has to be replaced; null: it does.</summary>
    Exception? Ended { get; }

    /// <summary>
    /// Ends the party: what it has taken is finished, everything else is refused and sent again by whoever sent it, to the party that follows it. That one finds what this one knew in its storage.
    /// </summary>
    /// <param name="why">What those who are refused are told.</param>
    /// <remarks>When it throws and has <see cref="Ended"/>, it has left without its state: what follows it finds what the storage has.</remarks>
    Task LeaveAsync(string why);

    /// <summary>Ends when the party has what an earlier one knew, and nobody else is needed for that any more.</summary>
    Task StartAsync();
}
