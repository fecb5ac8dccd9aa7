"""The need, before any solution: statements, from the first draft to the accepted definition.

Writing     drafting saves a statement over what marks says that the page showed; completeness says
            what it lacks, readiness how far it is; catalogue holds measures that cities use
Evidence    evidence_files/ takes, reads, stores and clears out the files behind it
Wording     lint is the check, with its words in wording/; advice is what people read of it;
            word_lists shows the words that come with it, city_words are the city's own
Review      review/ holds what was sent, decided, changed and answered
Sharing     search finds statements by words, similar those that are alike; joining makes one
            statement of several departments
The city's  declaring says what is critical now, policies sets the numbers for statements
For all     access says who reaches a problem, actors who changes it, locking what is locked first;
            severity and figures print numbers, tables the list; plain_text is text as it is kept
"""
