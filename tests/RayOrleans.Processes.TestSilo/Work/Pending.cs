namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>An answer that is waited for: whose, and a check that throws when it is wrong.</summary>
internal sealed record Pending(string What, ObjectRef Reference, Action Check);
