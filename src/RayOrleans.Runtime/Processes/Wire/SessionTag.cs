namespace RayOrleans.Runtime.Processes.Wire;

/// <summary>Which message of a session follows. Numbers are part of the form: they are not used again.</summary>
internal enum SessionTag : byte
{
    None = 0,
    Submit = 1,
    Put = 2,
    Need = 3,
    Release = 4,
    AttemptEnded = 5,
    Block = 6,
    Wish = 7,
    Return = 8,
    Name = 9,
    Yield = 10,
    Take = 11,
    LeaveStream = 12,
    Run = 16,
    Settled = 17,
    Exists = 18,
    GiveUp = 19,
    StopInstance = 20,
    Named = 21,
    Credit = 22,
    Item = 23,
    StreamEnded = 24,
}
